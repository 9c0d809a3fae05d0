package dev.portcullis.host.engine;

import com.dylibso.chicory.compiler.InterpreterFallback;
import com.dylibso.chicory.compiler.MachineFactoryCompiler;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.MemorySection;
import dev.portcullis.host.wasm.WasmBinary;
import java.io.ByteArrayInputStream;
import java.util.BitSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A module whose code is spread over tiers: what ran in a trial is compiled, the rest is
 * interpreted when it is called and compiled later if it is called often.
 *
 * <p>A Go program of 5 MB has some 3,500 functions, of which a request runs 900. Compiling all
 * takes many seconds and gigabytes; decoding all keeps 135 MB. Each tier is therefore a reduced
 * module ({@link WasmBinary#reduced}) with just its own functions, and functions that no one calls
 * are never decoded again after the module was validated.
 *
 * <p>Modules that cannot be reduced are compiled whole.
 */
public final class TieredModule {
    /** Calls into interpreted code after which the functions concerned are compiled. */
    private static final int HOT = 300;

    /** A few for each guest that can compute at the same moment. */
    private static final int IDLE_ARRAYS = 4 * Runtime.getRuntime().availableProcessors() + 8;

    private final WasmBinary binary;
    private final boolean reducible;
    private final WasmModule home;
    private final boolean hasBlankGuests;
    private @Nullable WasmModule blankHome;
    private final Executor background;
    private final BitSet compiled = new BitSet();
    private final BitSet leftOut = new BitSet();
    private final MemoryArrays arrays = new MemoryArrays(IDLE_ARRAYS);
    private volatile Code code;

    /**
     * A module without any compiled code yet.
     *
     * @param background where functions that turn out hot are compiled
     */
    public TieredModule(WasmBinary binary, DecodedModule decoded, Executor background) {
        this.binary = binary;
        this.background = background;
        this.reducible = binary.reducible() && !decoded.keepsPassiveSegments();
        this.home = reducible ? parse(binary.reduced(new BitSet(), true)) : decoded.module();
        this.hasBlankGuests = reducible || !decoded.hasStartFunction();
        this.code = newCode();
        if (!reducible) {
            var all = allFunctions();
            code.add(compiledTier(decoded.module()), all);
            compiled.or(all);
        }
    }

    private static WasmModule parse(byte[] bytes) {
        return Parser.builder()
                .withValidation(false)
                .build()
                .parse(() -> new ByteArrayInputStream(bytes));
    }

    private BitSet allFunctions() {
        var all = new BitSet();
        all.set(binary.importedFunctionCount(), binary.functionCount());
        return all;
    }

    private Code newCode() {
        return new Code(binary.functionCount(), this::interpretedTier);
    }

    private Tier interpretedTier(BitSet functions) {
        return new Tier(parse(binary.reduced(functions, false)), InterpreterMachine::new, true);
    }

    private static Tier compiledTier(WasmModule module) {
        var machine =
                MachineFactoryCompiler.builder(module)
                        .withInterpreterFallback(InterpreterFallback.SILENT)
                        .compile();
        return new Tier(module, machine, false);
    }

    WasmModule home() {
        return home;
    }

    /** Whether the home instance owns no code and tiers run it. */
    boolean reducible() {
        return reducible;
    }

    int exitTable() {
        return binary.exitTable();
    }

    /** How many functions are compiled. */
    public synchronized int compiledFunctions() {
        return compiled.cardinality();
    }

    /**
     * Compiles functions in addition to those that are; later guests run them so. Takes about a
     * second for each thousand functions.
     */
    public void compile(BitSet functions) {
        if (!reducible) {
            return;
        }
        synchronized (this) {
            var wanted = (BitSet) functions.clone();
            wanted.clear(0, binary.importedFunctionCount());
            wanted.andNot(leftOut);
            wanted.or(compiled);
            if (wanted.equals(compiled)) {
                return;
            }
            var next = newCode();
            next.add(compiledTier(parse(binary.reduced(wanted, false))), wanted);
            compiled.or(wanted);
            code = next;
        }
    }

    /** Compiles the functions that had to be interpreted since the last compilation. */
    public void compileWhatWasInterpreted() {
        compile(code.interpretedFunctions());
    }

    private void countInterpretedCall(Code current) {
        if (current.countInterpretedCall() == HOT && reducible) {
            background.execute(() -> compile(current.interpretedFunctions()));
        }
    }

    /**
     * A fresh copy of the module.
     *
     * @param memoryBytes what its memory may grow to, already while its start function runs
     */
    public Guest guest(ImportValues imports, long memoryBytes) {
        var current = code;
        return new Guest(this, current, imports, memoryBytes, () -> countInterpretedCall(current));
    }

    /**
     * Whether guests can be made without running any code; not so for modules that are compiled
     * whole and have a start function, whose memory would grow unbounded meanwhile.
     */
    public boolean hasBlankGuests() {
        return hasBlankGuests;
    }

    /**
     * A copy of the module to be put into the state of an image before it runs. It is made without
     * filling its memory and without running its start function where that can be. Only for modules
     * that change nothing but their one memory and globals.
     */
    public Guest blankGuest(ImportValues imports) {
        if (!reducible) {
            return guest(imports, Long.MAX_VALUE);
        }
        var current = code;
        return new Guest(this, current, imports, arrays, () -> countInterpretedCall(current));
    }

    /** The home of guests without content; decoded when the first one is made. */
    synchronized WasmModule blankHome() {
        if (blankHome == null) {
            blankHome = parse(binary.blank());
        }
        return blankHome;
    }

    /** The memory that a fresh copy of the module begins with. */
    public long initialMemoryBytes() {
        long pages = 0;
        var section = home.memorySection();
        for (int i = 0; i < section.map(MemorySection::memoryCount).orElse(0); i++) {
            pages += section.orElseThrow().getMemory(i).limits().initialPages();
        }
        return pages * Memory.PAGE_SIZE;
    }

    /** Leaves a function to {@link Guest#replace} in all guests made from now on. */
    public synchronized void leaveOut(int function) {
        leftOut.set(function);
    }

    /**
     * A fresh copy of the module, interpreted throughout, that tells {@code recorder} its calls.
     */
    public Guest recordedGuest(
            DecodedModule decoded, ImportValues imports, long memoryBytes, CallRecorder recorder) {
        var recorded = newCode();
        var whole =
                WasmModule.builder()
                        .setTypeSection(decoded.module().typeSection())
                        .setImportSection(decoded.module().importSection())
                        .setFunctionSection(decoded.module().functionSection())
                        .setTableSection(decoded.module().tableSection())
                        .setMemorySection(decoded.module().memorySection().orElse(null))
                        .setGlobalSection(decoded.module().globalSection())
                        .setCodeSection(decoded.module().codeSection())
                        .withValidation(false)
                        .build();
        recorded.add(
                new Tier(whole, instance -> new RecordingInterpreter(instance, recorder), true),
                allFunctions());
        return new Guest(this, recorded, imports, memoryBytes, () -> {});
    }

    /** Whether a guest runs the code that new guests get. */
    public boolean isCurrent(Guest guest) {
        return guest.runs(code);
    }
}
