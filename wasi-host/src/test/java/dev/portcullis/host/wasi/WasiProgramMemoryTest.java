package dev.portcullis.host.wasi;

import static dev.portcullis.host.wasm.ModuleBytes.DROP;
import static dev.portcullis.host.wasm.ModuleBytes.END;
import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.I32_ADD;
import static dev.portcullis.host.wasm.ModuleBytes.IF;
import static dev.portcullis.host.wasm.ModuleBytes.UNREACHABLE;
import static dev.portcullis.host.wasm.ModuleBytes.bytes;
import static dev.portcullis.host.wasm.ModuleBytes.call;
import static dev.portcullis.host.wasm.ModuleBytes.globalGet;
import static dev.portcullis.host.wasm.ModuleBytes.globalSet;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.run.Watchdog;
import dev.portcullis.host.wasm.MalformedModuleException;
import dev.portcullis.host.wasm.ModuleBytes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No way to hold memory gets around the limit. */
class WasiProgramMemoryTest {
    private static final int PAGE = 65_536;

    private final Watchdog watchdog = new Watchdog();

    @AfterEach
    void close() {
        watchdog.close();
    }

    /** A module whose {@code _start} traps unless the first growth of a memory was refused. */
    private static ModuleBytes growing(ModuleBytes module, int memory, boolean inStartFunction) {
        int nothing = module.type(List.of(), List.of());
        int grown = module.global(I32, i32(0));
        int grow =
                module.function(nothing, 0, join(i32(10), bytes(0x40, memory), globalSet(grown)));
        int start =
                module.function(
                        nothing,
                        0,
                        inStartFunction ? new byte[0] : call(grow),
                        join(globalGet(grown), i32(1), I32_ADD, IF, UNREACHABLE, END));
        module.export("_start", start).exportMemory("memory");
        return inStartFunction ? module.start(grow) : module;
    }

    private static ModuleBytes idle(ModuleBytes module) {
        int start = module.function(module.type(List.of(), List.of()), 0);
        return module.export("_start", start).exportMemory("memory");
    }

    private WasiResult run(ModuleBytes module, int pages) {
        return Programs.run(
                Programs.program(module, watchdog), new GuestLimits((long) pages * PAGE, 1_000, 1));
    }

    private static void assertMemory(WasiResult result, int pages) {
        assertThat(result)
                .isEqualTo(
                        new WasiResult.Failed(
                                FailureReason.MEMORY,
                                "policy exceeded its memory limit of " + pages * PAGE + " bytes"));
    }

    @Test
    void aModuleThatBeginsAtItsLimitRuns() {
        assertThat(run(idle(new ModuleBytes().memory(3)), 3))
                .isInstanceOf(WasiResult.Finished.class);
    }

    @Test
    void aModuleThatBeginsAboveItsLimitDoesNotRun() {
        assertMemory(run(idle(new ModuleBytes().memory(3)), 2), 2);
    }

    @Test
    void allMemoriesOfAModuleCount() {
        assertThat(run(idle(new ModuleBytes().memory(1).memory(2)), 3))
                .isInstanceOf(WasiResult.Finished.class);
        assertMemory(run(idle(new ModuleBytes().memory(1).memory(2)), 2), 2);
    }

    @Test
    void aModuleWhoseDataLieOutsideOfItsMemoryIsNotLoaded() {
        assertThatThrownBy(() -> run(idle(new ModuleBytes().memory(1).data(PAGE, bytes(1))), 3))
                .isInstanceOf(MalformedModuleException.class)
                .hasMessageStartingWith("module cannot be instantiated: data segment of 1 bytes");
    }

    @Test
    void growthIsBound() {
        assertThat(run(growing(new ModuleBytes().memory(1), 0, false), 5))
                .isInstanceOf(WasiResult.Finished.class);
    }

    @Test
    void growthInAStartFunctionIsBoundToo() {
        assertThat(run(growing(new ModuleBytes().memory(1), 0, true), 5))
                .isInstanceOf(WasiResult.Finished.class);
    }

    @Test
    void growthOfASecondMemoryIsBoundToo() {
        assertThat(run(growing(new ModuleBytes().memory(1).memory(1), 1, false), 5))
                .isInstanceOf(WasiResult.Finished.class);
        assertThat(run(growing(new ModuleBytes().memory(1).memory(1), 0, false), 11))
                .isInstanceOf(WasiResult.Finished.class);
    }

    @Test
    void aGuestThatCannotLiveWithoutTheMemoryFailsForMemoryAndNotForItsTrap() {
        var module = new ModuleBytes().memory(1);
        int nothing = module.type(List.of(), List.of());
        int start = module.function(nothing, 0, join(i32(10), bytes(0x40, 0), DROP), UNREACHABLE);
        module.export("_start", start).exportMemory("memory");

        assertMemory(run(module, 5), 5);
    }
}
