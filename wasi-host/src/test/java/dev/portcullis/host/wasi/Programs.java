package dev.portcullis.host.wasi;

import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.run.Watchdog;
import dev.portcullis.host.wasm.ModuleBytes;
import dev.portcullis.host.wasm.WasmBinary;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Small modules as programs that know one command. */
final class Programs {
    private Programs() {}

    static WasiProgram program(ModuleBytes module, Watchdog watchdog) {
        var binary = WasmBinary.of(module.module());
        var decoded = DecodedModule.of(binary);
        return new WasiProgram(
                new TieredModule(binary, decoded, Runnable::run),
                decoded,
                watchdog,
                Map.of(GuestCommand.VALIDATE, List.of(new byte[0])),
                1,
                StartLevel.Kind.INITIALISED);
    }

    static WasiResult run(WasiProgram program, GuestLimits limits) {
        return program.run(
                GuestCommand.VALIDATE,
                new byte[0],
                new EvaluationContext(
                        HostCalls.NONE,
                        ComputePermits.UNBOUNDED,
                        limits,
                        Deadline.in(Duration.ofSeconds(60))));
    }
}
