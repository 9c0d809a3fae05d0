package dev.portcullis.host.engine;

import static dev.portcullis.host.wasm.ModuleBytes.DROP;
import static dev.portcullis.host.wasm.ModuleBytes.ELSE;
import static dev.portcullis.host.wasm.ModuleBytes.END;
import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.I32_ADD;
import static dev.portcullis.host.wasm.ModuleBytes.I32_LESS;
import static dev.portcullis.host.wasm.ModuleBytes.I32_SUB;
import static dev.portcullis.host.wasm.ModuleBytes.I64;
import static dev.portcullis.host.wasm.ModuleBytes.IF_I32;
import static dev.portcullis.host.wasm.ModuleBytes.LOOP;
import static dev.portcullis.host.wasm.ModuleBytes.branch;
import static dev.portcullis.host.wasm.ModuleBytes.branchIf;
import static dev.portcullis.host.wasm.ModuleBytes.branchTable;
import static dev.portcullis.host.wasm.ModuleBytes.call;
import static dev.portcullis.host.wasm.ModuleBytes.callIndirect;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.i64;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static dev.portcullis.host.wasm.ModuleBytes.localGet;
import static org.assertj.core.api.Assertions.assertThat;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.portcullis.host.engine.TestGuests.Loaded;
import dev.portcullis.host.wasm.ModuleBytes;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A guest that never ends must end when its thread is interrupted, or the thread is lost. */
class GuestInterruptionTest {
    private static final int SECONDS = 20;

    /** Code that does not end in the life of a test. */
    enum Endless {
        BRANCH_IF,
        BRANCH_TABLE,
        BRANCH,
        RECURSION,
        CALL_INDIRECT,
        /** So long that no method of the JVM can hold it; interpreted even when compiled. */
        LONG_BRANCH_IF;

        static final int NOTE_TYPE = 0;
        static final int NOTHING = 1;
        static final int CHANGE = 2;
        static final int FIBONACCI = 1;

        private byte[] code() {
            return switch (this) {
                case BRANCH_IF -> join(LOOP, i32(1), branchIf(0), END);
                case BRANCH_TABLE -> join(LOOP, i32(0), branchTable(0), END);
                case BRANCH -> join(LOOP, branch(0), END);
                case RECURSION -> join(i32(80), call(FIBONACCI), DROP);
                case CALL_INDIRECT -> join(i32(80), i32(0), callIndirect(CHANGE), DROP);
                case LONG_BRANCH_IF -> join(LOOP, idle(40_000), i32(1), branchIf(0), END);
            };
        }

        private static byte[] idle(int times) {
            return join(Collections.nCopies(times, join(i32(1), DROP)).toArray(byte[][]::new));
        }

        ModuleBytes module() {
            var module = new ModuleBytes().memory(1).table(1);
            module.type(List.of(I64), List.of());
            module.type(List.of(), List.of());
            module.type(List.of(I32), List.of(I32));
            int note = module.importFunction("env", "note", NOTE_TYPE);
            module.function(CHANGE, 0, fibonacci(call(FIBONACCI)));
            int indirectly =
                    module.function(CHANGE, 0, fibonacci(join(i32(0), callIndirect(CHANGE))));
            int run = module.function(NOTHING, 0, i64(0), call(note), code());
            return module.elements(0, indirectly).export("run", run);
        }

        private static byte[] fibonacci(byte[] again) {
            return join(
                    join(localGet(0), i32(2), I32_LESS, IF_I32, localGet(0), ELSE),
                    join(localGet(0), i32(1), I32_SUB, again),
                    join(localGet(0), i32(2), I32_SUB, again),
                    join(I32_ADD, END));
        }
    }

    /** How the code is run. */
    enum Tiering {
        INTERPRETED,
        COMPILED,
        RECORDED;

        Guest guest(Loaded loaded, ImportValues imports) {
            return switch (this) {
                case INTERPRETED -> loaded.guest(imports);
                case COMPILED -> loaded.compileAll().guest(imports);
                case RECORDED -> loaded.recorded(imports);
            };
        }
    }

    static Stream<Object[]> everything() {
        return Stream.of(Endless.values())
                .flatMap(code -> Stream.of(Tiering.values()).map(t -> new Object[] {code, t}));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void anInterruptEndsWhatWouldNeverEnd(Endless code, Tiering tiering)
            throws InterruptedException {
        assertEndsWhenInterrupted(TestGuests.load(code.module().module()), tiering, false);
    }

    @ParameterizedTest
    @MethodSource("everything")
    void anInterruptAlsoEndsAModuleThatRunsWhole(Endless code, Tiering tiering)
            throws InterruptedException {
        var loaded = TestGuests.load(code.module().passiveData(new byte[] {1}).module());
        assertThat(loaded.tiers().reducible()).isFalse();
        assertEndsWhenInterrupted(loaded, tiering, false);
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsAGuestOnAVirtualThread(Endless code) throws InterruptedException {
        assertEndsWhenInterrupted(
                TestGuests.load(code.module().module()), Tiering.INTERPRETED, true);
    }

    private static void assertEndsWhenInterrupted(Loaded loaded, Tiering tiering, boolean virtual)
            throws InterruptedException {
        var started = new CountDownLatch(1);
        var end = new AtomicReference<@Nullable Throwable>();
        var imports =
                TestGuests.note((instance, args) -> {
                    started.countDown();
                    return null;
                });
        var guest = tiering.guest(loaded, imports);
        var thread = thread(virtual, end, () -> guest.call("run"));
        assertThat(started.await(SECONDS, TimeUnit.SECONDS)).isTrue();

        thread.interrupt();
        thread.join(SECONDS * 1_000L);

        assertThat(thread.isAlive()).as("still running after its interrupt").isFalse();
        assertThat(end.get()).isInstanceOf(ChicoryInterruptedException.class);
    }

    private static Thread thread(
            boolean virtual, AtomicReference<@Nullable Throwable> end, Runnable body) {
        Runnable task =
                () -> {
                    try {
                        body.run();
                    } catch (Throwable e) {
                        end.set(e);
                    }
                };
        return virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
    }

    @Test
    void aThreadThatIsInterruptedBeforehandDoesNotBegin() throws InterruptedException {
        var end = new AtomicReference<@Nullable Throwable>();
        var loaded = TestGuests.load(Endless.BRANCH_IF.module().module());
        var guest = loaded.guest(TestGuests.note((instance, args) -> null));

        var thread =
                thread(
                        false,
                        end,
                        () -> {
                            Thread.currentThread().interrupt();
                            guest.call("run");
                        });
        thread.join(SECONDS * 1_000L);

        assertThat(thread.isAlive()).isFalse();
        assertThat(end.get()).isInstanceOf(ChicoryInterruptedException.class);
    }

    /** Two functions that call each other without end. */
    private static byte[] bottomless(boolean byTable) {
        var module = new ModuleBytes().memory(1).table(2);
        int nothing = module.type(List.of(), List.of());
        module.function(nothing, 0, byTable ? join(i32(1), callIndirect(nothing)) : call(1));
        module.function(nothing, 0, byTable ? join(i32(0), callIndirect(nothing)) : call(0));
        int fine = module.function(nothing, 0);
        return module.elements(0, 0, 1).export("run", 0).export("fine", fine).module();
    }

    static Stream<Object[]> bottomlessRuns() {
        return Stream.of(false, true)
                .flatMap(byTable ->
                        Stream.of(
                                        new BitSet(),
                                        BitSet.valueOf(new long[] {1}),
                                        BitSet.valueOf(new long[] {2}),
                                        BitSet.valueOf(new long[] {3}))
                                .flatMap(compiled ->
                                        Stream.of(false, true)
                                                .map(virtual ->
                                                        new Object[] {
                                                            byTable, compiled, virtual
                                                        })));
    }

    @ParameterizedTest(name = "by table: {0}, compiled: {1}, virtual thread: {2}")
    @MethodSource("bottomlessRuns")
    void recursionWithoutEndEndsInATrapAndTheThreadGoesOn(
            boolean byTable, BitSet compiled, boolean virtual) throws InterruptedException {
        var loaded = TestGuests.load(bottomless(byTable)).compile(compiled);
        var first = new AtomicReference<@Nullable Throwable>();
        var second = new AtomicReference<@Nullable Throwable>();

        var thread =
                thread(
                        virtual,
                        second,
                        () -> {
                            try {
                                loaded.guest(ImportValues.empty()).call("run");
                            } catch (ChicoryException | StackOverflowError e) {
                                first.set(e);
                            }
                            loaded.guest(ImportValues.empty()).call("fine");
                        });
        thread.join(SECONDS * 1_000L);

        assertThat(thread.isAlive()).isFalse();
        assertThat(first.get()).isNotNull();
        assertThat(second.get()).isNull();
    }
}
