package dev.portcullis.host.wasi;

import static dev.portcullis.host.wasm.ModuleBytes.DROP;
import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.UNREACHABLE;
import static dev.portcullis.host.wasm.ModuleBytes.call;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.run.Watchdog;
import dev.portcullis.host.wasm.ModuleBytes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A start function runs while its module is instantiated, before {@code _start} is called. */
class WasiProgramStartFunctionTest {
    private static final String WASI = "wasi_snapshot_preview1";

    private final Watchdog watchdog = new Watchdog();

    @AfterEach
    void close() {
        watchdog.close();
    }

    private WasiProgram loaded(ModuleBytes module) {
        var program = Programs.program(module, watchdog);
        assertThat(program.level(GuestCommand.VALIDATE).kind()).isEqualTo(StartLevel.Kind.PLAIN);
        return program;
    }

    private static ModuleBytes starting(ModuleBytes module, byte[]... code) {
        int nothing = module.type(List.of(), List.of());
        int start = module.function(nothing, 0, code);
        int main = module.function(nothing, 0);
        return module.memory(1).start(start).export("_start", main).exportMemory("memory");
    }

    @Test
    void aModuleWhoseStartFunctionTrapsIsLoadedAndFailsWhenItIsAsked() {
        var program = loaded(starting(new ModuleBytes(), UNREACHABLE));

        assertThat(Programs.run(program, GuestLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        WasiResult.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(FailureReason.TRAP));
    }

    @Test
    void aStartFunctionMayCallItsHost() {
        var module = new ModuleBytes();
        int random =
                module.importFunction(
                        WASI, "random_get", module.type(List.of(I32, I32), List.of(I32)));
        var program = loaded(starting(module, join(i32(0), i32(8), call(random), DROP)));

        assertThat(Programs.run(program, GuestLimits.DEFAULT))
                .isInstanceOf(WasiResult.Finished.class);
    }

    @Test
    void aStartFunctionMayEndTheProgram() {
        var module = new ModuleBytes();
        int exit = module.importFunction(WASI, "proc_exit", module.type(List.of(I32), List.of()));
        var program = loaded(starting(module, join(i32(3), call(exit))));

        assertThat(Programs.run(program, GuestLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        WasiResult.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(FailureReason.EXIT));
    }
}
