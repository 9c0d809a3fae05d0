package dev.portcullis.host.engine;

import static dev.portcullis.host.wasm.ModuleBytes.DROP;
import static dev.portcullis.host.wasm.ModuleBytes.ELSE;
import static dev.portcullis.host.wasm.ModuleBytes.END;
import static dev.portcullis.host.wasm.ModuleBytes.F64;
import static dev.portcullis.host.wasm.ModuleBytes.F64_ADD;
import static dev.portcullis.host.wasm.ModuleBytes.F64_CONVERT_I32;
import static dev.portcullis.host.wasm.ModuleBytes.F64_CONVERT_I64;
import static dev.portcullis.host.wasm.ModuleBytes.F64_MUL;
import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.I32_ADD;
import static dev.portcullis.host.wasm.ModuleBytes.I32_EQZ;
import static dev.portcullis.host.wasm.ModuleBytes.I32_LESS;
import static dev.portcullis.host.wasm.ModuleBytes.I32_MUL;
import static dev.portcullis.host.wasm.ModuleBytes.I32_SUB;
import static dev.portcullis.host.wasm.ModuleBytes.I64;
import static dev.portcullis.host.wasm.ModuleBytes.I64_ADD;
import static dev.portcullis.host.wasm.ModuleBytes.I64_EXTEND_I32;
import static dev.portcullis.host.wasm.ModuleBytes.I64_MUL;
import static dev.portcullis.host.wasm.ModuleBytes.I64_REINTERPRET_F64;
import static dev.portcullis.host.wasm.ModuleBytes.IF_I32;
import static dev.portcullis.host.wasm.ModuleBytes.MEMORY_GROW;
import static dev.portcullis.host.wasm.ModuleBytes.MEMORY_SIZE;
import static dev.portcullis.host.wasm.ModuleBytes.UNREACHABLE;
import static dev.portcullis.host.wasm.ModuleBytes.call;
import static dev.portcullis.host.wasm.ModuleBytes.callIndirect;
import static dev.portcullis.host.wasm.ModuleBytes.f64;
import static dev.portcullis.host.wasm.ModuleBytes.globalGet;
import static dev.portcullis.host.wasm.ModuleBytes.globalSet;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.i32Load;
import static dev.portcullis.host.wasm.ModuleBytes.i32Store;
import static dev.portcullis.host.wasm.ModuleBytes.i64;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static dev.portcullis.host.wasm.ModuleBytes.localGet;
import static dev.portcullis.host.wasm.ModuleBytes.localSet;
import static dev.portcullis.host.wasm.ModuleBytes.memoryInit;
import static dev.portcullis.host.wasm.ModuleBytes.tableInit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.ImportTable;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.engine.TestGuests.Loaded;
import dev.portcullis.host.wasm.MalformedModuleException;
import dev.portcullis.host.wasm.ModuleBytes;
import dev.portcullis.host.wasm.WasmBinary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TieredModuleTest {
    private static final int EVEN = 2;
    private static final int RUN = 11;

    /**
     * A module whose functions call each other directly and by table, with all kinds of values, and
     * change globals and memory as they do. What they find goes to {@code env.note}.
     */
    private static byte[] busyModule() {
        var module = new ModuleBytes();
        int noteType = module.type(List.of(I64), List.of());
        int nothing = module.type(List.of(), List.of());
        int give = module.type(List.of(), List.of(I32));
        int change = module.type(List.of(I32), List.of(I32));
        int two = module.type(List.of(I32, I64), List.of(I64));
        int three = module.type(List.of(I32, I64, F64), List.of(F64));
        int pair = module.type(List.of(), List.of(I32, I64));
        int note = module.importFunction("env", "note", noteType);
        module.table(8).memory(1, 4);
        int counter = module.global(I32, i32(100));
        int factor = module.global(I64, i64(5));

        int count =
                module.function(
                        give,
                        0,
                        join(globalGet(counter), i32(1), I32_ADD, globalSet(counter)),
                        globalGet(counter));
        int even =
                module.function(
                        change,
                        0,
                        join(localGet(0), I32_EQZ, IF_I32, i32(1), ELSE),
                        join(localGet(0), i32(1), I32_SUB, call(EVEN + 1), END));
        int odd =
                module.function(
                        change,
                        0,
                        join(localGet(0), I32_EQZ, IF_I32, i32(0), ELSE, localGet(0), i32(1)),
                        join(I32_SUB, i32(1), callIndirect(change), END));
        int scaled =
                module.function(
                        two,
                        0,
                        join(localGet(0), I64_EXTEND_I32, localGet(1), globalGet(factor)),
                        join(I64_MUL, I64_ADD));
        int mixed =
                module.function(
                        three,
                        0,
                        join(localGet(0), F64_CONVERT_I32, localGet(1), F64_CONVERT_I64),
                        join(localGet(2), F64_MUL, F64_ADD));
        int fibonacci =
                module.function(
                        change,
                        0,
                        join(localGet(0), i32(2), I32_LESS, IF_I32, localGet(0), ELSE),
                        join(localGet(0), i32(1), I32_SUB, call(6)),
                        join(localGet(0), i32(2), I32_SUB, i32(2), callIndirect(change)),
                        join(I32_ADD, END));
        int stored =
                module.function(
                        change,
                        1,
                        join(localGet(0), localGet(0), i32(3), I32_MUL, i32Store(64)),
                        join(localGet(0), i32Load(64), localSet(1)),
                        join(call(count), DROP, localGet(1), i32(16), i32Load(0), I32_ADD));
        int grown = module.function(give, 0, join(i32(1), MEMORY_GROW, DROP, MEMORY_SIZE));
        int start =
                module.function(
                        nothing,
                        0,
                        join(i32(16), i32(77), i32Store(0), i64(9), globalSet(factor)),
                        join(call(count), DROP));
        int both = module.function(pair, 0, join(call(count), i64(-3)));
        int run =
                module.function(
                        nothing,
                        0,
                        join(call(count), I64_EXTEND_I32, call(note)),
                        join(i32(0), callIndirect(give), I64_EXTEND_I32, call(note)),
                        join(i32(9), call(even), I64_EXTEND_I32, call(note)),
                        join(i32(7), i32(3), callIndirect(change), I64_EXTEND_I32, call(note)),
                        join(i32(-4), i64(1L << 40), call(scaled), call(note)),
                        join(i32(4), i64(-6), i32(4), callIndirect(two), call(note)),
                        join(i32(-1), i64(3), f64(0.25), call(mixed)),
                        join(I64_REINTERPRET_F64, call(note)),
                        join(i32(8), i64(-5), f64(1e300), i32(5), callIndirect(three)),
                        join(I64_REINTERPRET_F64, call(note)),
                        join(i32(9), call(fibonacci), I64_EXTEND_I32, call(note)),
                        join(i32(12), call(stored), I64_EXTEND_I32, call(note)),
                        join(call(grown), I64_EXTEND_I32, call(note)),
                        join(i32(70_000), call(stored), I64_EXTEND_I32, call(note)),
                        join(call(both), call(note), I64_EXTEND_I32, call(note)));
        assertThat(even).isEqualTo(EVEN);
        assertThat(run).isEqualTo(RUN);
        return module.elements(0, count, even, fibonacci)
                .elements(3, odd, scaled, mixed)
                .data(200, new byte[] {1, 2, 3})
                .start(start)
                .export("run", run)
                .module();
    }

    @SuppressWarnings("ArrayRecordComponent") // compared member by member
    private record Outcome(List<Long> notes, byte[] memory, List<Long> globals) {
        void assertSame(Outcome other, String how) {
            assertThat(notes).as("notes, %s", how).isEqualTo(other.notes);
            assertThat(memory).as("memory, %s", how).isEqualTo(other.memory);
            assertThat(globals).as("globals, %s", how).isEqualTo(other.globals);
        }
    }

    private static ImportValues noting(List<Long> notes) {
        return TestGuests.note((instance, args) -> {
            notes.add(args[0]);
            return null;
        });
    }

    /** What the engine's interpreter makes of the whole module, run twice. */
    private static Outcome expected(byte[] bytes) {
        var notes = new ArrayList<Long>();
        var instance =
                Instance.builder(Parser.parse(bytes)).withImportValues(noting(notes)).build();
        instance.export("run").apply();
        instance.export("run").apply();
        return new Outcome(
                notes,
                instance.memory().readBytes(0, instance.memory().pages() << 16),
                List.of(instance.global(0).getValue(), instance.global(1).getValue()));
    }

    private static Outcome of(Guest guest, List<Long> notes) {
        guest.call("run");
        guest.call("run");
        return state(guest, notes);
    }

    private static Outcome state(Guest guest, List<Long> notes) {
        var image = guest.image();
        return new Outcome(
                List.copyOf(notes),
                image.memory(),
                Arrays.stream(image.globals()).boxed().toList());
    }

    static Stream<BitSet> partitions() {
        var random = new Random(17);
        var none = new BitSet();
        var all = new BitSet();
        all.set(0, RUN + 1);
        return Stream.of(
                        Stream.of(none, all),
                        IntStream.rangeClosed(1, RUN).mapToObj(TieredModuleTest::only),
                        Stream.generate(() -> BitSet.valueOf(new long[] {random.nextLong()}))
                                .limit(12)
                                .map(set -> set.get(0, RUN + 1)))
                .flatMap(sets -> sets);
    }

    private static BitSet only(int function) {
        var set = new BitSet();
        set.set(function);
        return set;
    }

    @ParameterizedTest
    @MethodSource("partitions")
    void theSameIsComputedWhicheverFunctionsAreCompiledAndWhicheverInterpreted(BitSet compiled) {
        var notes = new ArrayList<Long>();
        var loaded = TestGuests.load(busyModule()).compile(compiled);

        var outcome = of(loaded.guest(noting(notes)), notes);

        outcome.assertSame(expected(busyModule()), "compiled: " + compiled);
        compiled.clear(0);
        assertThat(loaded.tiers().compiledFunctions()).isEqualTo(compiled.cardinality());
    }

    @Test
    void theExpectedAnswersAreThoseOfPaperAndPencil() {
        assertThat(expected(busyModule()).notes)
                .startsWith(102L, 103L, 0L, 1L, -4 + 9 * (1L << 40), 4L - 54)
                .contains(Double.doubleToRawLongBits(-0.25), 34L, 36L + 77, 2L, 210_000L + 77);
    }

    @Test
    void aRecordedGuestComputesTheSame() {
        var notes = new ArrayList<Long>();

        var outcome = of(TestGuests.load(busyModule()).recorded(noting(notes)), notes);

        outcome.assertSame(expected(busyModule()), "recorded");
    }

    @Test
    void compilingInStepsGivesEachNewGuestTheSameAnswers() {
        var loaded = TestGuests.load(busyModule());
        for (int function = 1; function <= RUN; function++) {
            loaded.compile(only(function));
            var notes = new ArrayList<Long>();
            of(loaded.guest(noting(notes)), notes)
                    .assertSame(expected(busyModule()), "compiled up to " + function);
        }
        assertThat(loaded.tiers().compiledFunctions()).isEqualTo(RUN);
    }

    @Test
    void aGuestGoesOnWithItsOwnCodeWhileMoreIsCompiled() {
        var notes = new ArrayList<Long>();
        var loaded = TestGuests.load(busyModule());
        var guest = loaded.guest(noting(notes));
        guest.call("run");
        assertThat(loaded.tiers().isCurrent(guest)).isTrue();

        loaded.compileAll();
        guest.call("run");

        state(guest, notes).assertSame(expected(busyModule()), "before and after compilation");
        assertThat(loaded.tiers().isCurrent(guest)).isFalse();
        assertThat(loaded.tiers().isCurrent(loaded.guest(noting(notes)))).isTrue();
    }

    @Test
    void aRestoredGuestAnswersAsAFreshOne() {
        var notes = new ArrayList<Long>();
        var guest = TestGuests.load(busyModule()).compile(only(EVEN)).guest(noting(notes));
        var image = guest.image();
        for (int i = 0; i < 3; i++) {
            notes.clear();
            guest.forgetInterpreters();
            guest.restore(image);
            of(guest, notes).assertSame(expected(busyModule()), "restored " + i);
        }
    }

    @Test
    void guestsOfOneModuleDoNotSeeEachOther() {
        var notes = new ArrayList<Long>();
        var loaded = TestGuests.load(busyModule()).compile(only(RUN));
        var first = loaded.guest(noting(new ArrayList<>()));
        var second = loaded.guest(noting(notes));

        first.call("run");

        of(second, notes).assertSame(expected(busyModule()), "beside another guest");
    }

    @Test
    void aStartFunctionRunsOnceBeforeAnythingElse() {
        var guest = TestGuests.load(busyModule()).guest(noting(new ArrayList<>()));

        assertThat(guest.memory().readInt(16)).isEqualTo(77);
        assertThat(guest.global(0)).isEqualTo(101);
        assertThat(guest.global(1)).isEqualTo(9);
        assertThat(guest.memory().readBytes(200, 3)).containsExactly(1, 2, 3);
    }

    @Test
    void aStartFunctionThatTrapsLeavesNoGuest() {
        var module = new ModuleBytes().memory(1);
        int start = module.function(module.type(List.of(), List.of()), 0, UNREACHABLE);
        var loaded = TestGuests.load(module.start(start).module());

        assertThatThrownBy(() -> loaded.guest(ImportValues.empty()))
                .isInstanceOf(ChicoryException.class);
    }

    @Test
    void theTableOfAGuestNamesTheModulesFunctions() {
        var guest = TestGuests.load(busyModule()).guest(noting(new ArrayList<>()));

        assertThat(guest.tableSize()).isEqualTo(8);
        assertThat(guest.tableEntry(1)).isEqualTo(EVEN);
        assertThat(guest.tableEntry(7)).isEqualTo(-1);
        assertThat(guest.tableEntry(8)).isEqualTo(-1);
        assertThat(guest.tableEntry(-1)).isEqualTo(-1);
    }

    @Test
    void aFunctionThatIsCalledOftenIsCompiledOnceInTheBackground() {
        var binary = WasmBinary.of(busyModule());
        var decoded = DecodedModule.of(binary);
        var waiting = new ArrayDeque<Runnable>();
        var tiers = new TieredModule(binary, decoded, waiting::add);
        var guest = tiers.guest(noting(new ArrayList<>()), TestGuests.MEMORY);

        for (int i = 0; i < 10; i++) {
            guest.call("run");
        }

        assertThat(waiting).hasSize(1);
        assertThat(tiers.compiledFunctions()).isZero();
        waiting.remove().run();
        assertThat(tiers.compiledFunctions()).isEqualTo(RUN);
        var notes = new ArrayList<Long>();
        of(tiers.guest(noting(notes), TestGuests.MEMORY), notes)
                .assertSame(expected(busyModule()), "hot");
    }

    @Test
    void whatWasInterpretedCanBeCompiledAfterwards() {
        var loaded = TestGuests.load(busyModule());
        loaded.guest(noting(new ArrayList<>()));
        loaded.tiers().compileWhatWasInterpreted();

        assertThat(loaded.tiers().compiledFunctions()).as("start and count").isEqualTo(2);
    }

    @Test
    void aFunctionThatIsLeftOutIsAnsweredByTheHostInEveryTier() {
        for (var compiled : List.of(new BitSet(), only(RUN), only(EVEN))) {
            var loaded = TestGuests.load(busyModule());
            loaded.tiers().leaveOut(EVEN);
            loaded.compile(compiled);
            var notes = new ArrayList<Long>();
            var guest = loaded.guest(noting(notes));
            guest.replace(EVEN, (function, arguments) -> new long[] {1_000 + arguments[0]});

            guest.call("run");

            assertThat(notes.get(2)).as("direct call, %s", compiled).isEqualTo(1_009);
            assertThat(notes.get(3)).as("call by table, %s", compiled).isEqualTo(1_006);
        }
    }

    @Test
    void aRecorderKnowsWhatRanAndWhatIsActive() {
        var recorder = new CallRecorder();
        var active = new ArrayList<List<Integer>>();
        var loaded = TestGuests.load(busyModule());
        var guest =
                loaded.tiers()
                        .recordedGuest(
                                loaded.decoded(),
                                TestGuests.note((instance, args) -> {
                                    active.add(Arrays.stream(recorder.active()).boxed().toList());
                                    return null;
                                }),
                                TestGuests.MEMORY,
                                recorder);
        assertThat(recorder.entered()).isEqualTo(BitSet.valueOf(new long[] {(1 << 9) | (1 << 1)}));
        recorder.clear();

        guest.call("run");

        assertThat(active).allMatch(List.of(RUN, 0)::equals);
        assertThat(recorder.active()).isEmpty();
        assertThat(recorder.entered().get(9)).as("the start function").isFalse();
        assertThat(recorder.entered().cardinality()).isEqualTo(RUN);
    }

    @Test
    void growthStopsAtTheLimitInEveryTier() {
        for (var compiled : List.of(new BitSet(), only(1))) {
            var module = new ModuleBytes().memory(1);
            int note = module.importFunction("env", "note", module.type(List.of(I64), List.of()));
            int nothing = module.type(List.of(), List.of());
            int run =
                    module.function(
                            nothing,
                            0,
                            join(i32(2), MEMORY_GROW, I64_EXTEND_I32, call(note)),
                            join(i32(1), MEMORY_GROW, I64_EXTEND_I32, call(note)),
                            join(MEMORY_SIZE, I64_EXTEND_I32, call(note)));
            var notes = new ArrayList<Long>();
            var guest =
                    TestGuests.load(module.export("run", run).module())
                            .compile(compiled)
                            .guest(noting(notes));
            guest.limitMemory(3 << 16);

            guest.call("run");

            assertThat(notes).containsExactly(1L, -1L, 3L);
            assertThat(guest.memoryLimitReached()).isTrue();
        }
    }

    // Modules that cannot be cut into tiers.

    private static ModuleBytes adding(ModuleBytes module, byte[]... before) {
        int note = module.importFunction("env", "note", module.type(List.of(I64), List.of()));
        int change = module.type(List.of(I32), List.of(I32));
        int twice = module.function(change, 0, localGet(0), i32(2), I32_MUL);
        int run =
                module.function(
                        module.type(List.of(), List.of()),
                        0,
                        join(before),
                        join(i32(0), i32Load(0), call(twice), I64_EXTEND_I32, call(note)));
        return module.export("run", run);
    }

    private static void assertRunsWhole(ModuleBytes module, long answer) {
        var loaded = TestGuests.load(module.module());
        assertThat(loaded.tiers().reducible()).isFalse();
        var all = new ArrayList<Long>();
        for (int i = 0; i < 2; i++) {
            loaded.guest(noting(all)).call("run");
            loaded.recorded(noting(all)).call("run");
            loaded.compileAll();
        }
        assertThat(all).containsExactly(answer, answer, answer, answer);
    }

    @Test
    void aModuleWithPassiveDataRunsWhole() {
        assertRunsWhole(
                adding(new ModuleBytes().memory(1), i32(0), i32(1), i32(2), memoryInit(0))
                        .passiveData(new byte[] {9, 21, 0}),
                42);
    }

    @Test
    void aModuleWithPassiveElementsRunsWhole() {
        var module =
                adding(
                        new ModuleBytes().memory(1).table(2).data(0, new byte[] {4}),
                        join(i32(0), i32(0), i32(1), tableInit(0)));
        assertRunsWhole(module.passiveElements(1), 8);
    }

    @Test
    void aModuleWithAnExceptionTagRunsWhole() {
        var module = adding(new ModuleBytes().memory(1).data(0, new byte[] {3}));
        assertRunsWhole(module.tag(0), 6);
    }

    @Test
    void aModuleWithGarbageCollectedTypesRunsWholeOrIsRefusedByName() {
        var module = adding(new ModuleBytes().memory(1).data(0, new byte[] {5})).structType();
        Loaded loaded;
        try {
            loaded = TestGuests.load(module.module());
        } catch (MalformedModuleException e) {
            assertThat(e).hasMessageContaining("not a valid WebAssembly module: ");
            return;
        }
        assertThat(loaded.tiers().reducible()).isFalse();
        assertRunsWhole(module, 10);
    }

    @Test
    void aModuleWithAnImportedTableRunsWhole() {
        var module = adding(new ModuleBytes().memory(1).data(0, new byte[] {6}));
        module.importTable("env", "table");
        var loaded = TestGuests.load(module.module());
        assertThat(loaded.tiers().reducible()).isFalse();
        var notes = new ArrayList<Long>();
        var table =
                new ImportTable(
                        "env",
                        "table",
                        new TableInstance(new Table(ValType.FuncRef, new TableLimits(1)), -1));

        loaded.guest(
                        ImportValues.builder()
                                .addFunction(noting(notes).function(0))
                                .addTable(table)
                                .build())
                .call("run");

        assertThat(notes).containsExactly(12L);
        assertThat(loaded.decoded().changesOnlyMemoryAndGlobals()).isFalse();
    }

    @Test
    void aModuleThatImportsItsMemoryIsGivenOne() {
        var module = new ModuleBytes().importMemory("env", "memory");
        int run = module.function(module.type(List.of(), List.of()), 0);
        var loaded = TestGuests.load(module.export("run", run).module());

        assertThat(loaded.decoded().importedNames()).containsExactly("env.memory");
        var one = loaded.guest(ImportValues.empty());
        var other = loaded.guest(ImportValues.empty());
        one.memory().writeByte(7, (byte) 1);
        assertThat(one.memory().pages()).isEqualTo(5);
        assertThat(one.memory().read(7)).isEqualTo((byte) 1);
        assertThat(other.memory().read(7)).isZero();
    }

    @Test
    void aModuleWithoutMemoryIsRefusedByName() {
        var module = new ModuleBytes();
        int run = module.function(module.type(List.of(), List.of()), 0);
        var loaded = TestGuests.load(module.export("run", run).module());

        assertThatThrownBy(() -> loaded.guest(ImportValues.empty()))
                .isInstanceOf(UninstantiableException.class)
                .hasMessage("module has no memory");
    }

    @Test
    void dataOfASecondMemoryDoesNotReachTheFirst() {
        var module = adding(new ModuleBytes().memory(1).memory(1));
        module.data(0, new byte[] {7}).dataOf(1, 0, new byte[] {100});

        assertRunsWhole(module, 14);
    }

    @Test
    void onlyAModuleWithOneMemoryHasAllItsStateInAnImage() {
        assertThat(changesOnlyMemoryAndGlobals(adding(new ModuleBytes().memory(1)))).isTrue();
        assertThat(changesOnlyMemoryAndGlobals(adding(new ModuleBytes().memory(1).memory(1))))
                .isFalse();
        assertThat(
                        changesOnlyMemoryAndGlobals(
                                adding(new ModuleBytes().memory(1)).passiveData(new byte[] {1})))
                .isFalse();
        assertThat(
                        changesOnlyMemoryAndGlobals(
                                adding(
                                                new ModuleBytes().memory(1).table(1),
                                                join(i32(0), i32(0), i32(0), tableInit(0)))
                                        .elements(0, 1)))
                .isFalse();
    }

    private static boolean changesOnlyMemoryAndGlobals(ModuleBytes module) {
        return DecodedModule.of(WasmBinary.of(module.module())).changesOnlyMemoryAndGlobals();
    }

    @Test
    void aDataSegmentOutsideTheMemoryLeavesNoGuest() {
        for (int offset : new int[] {(1 << 16) - 2, 1 << 16, -1, Integer.MIN_VALUE}) {
            var module = adding(new ModuleBytes().memory(1)).data(offset, new byte[] {1, 2, 3});
            var loaded = TestGuests.load(module.module());

            assertThatThrownBy(() -> loaded.guest(noting(new ArrayList<>())))
                    .as("offset %d", offset)
                    .isInstanceOf(UninstantiableException.class)
                    .hasMessageContaining("lies outside the memory");
        }
    }

    @Test
    void whatIsNotAValidModuleIsRefusedWithTheEnginesReason() {
        var module = new ModuleBytes().memory(1);
        module.function(module.type(List.of(), List.of(I64)), 0, i32(1));

        assertThatThrownBy(() -> TestGuests.load(module.module()))
                .isInstanceOf(MalformedModuleException.class)
                .hasMessageStartingWith("not a valid WebAssembly module: ");
    }
}
