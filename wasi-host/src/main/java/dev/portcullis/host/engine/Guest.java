package dev.portcullis.host.engine;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ExecutionListener;
import com.dylibso.chicory.runtime.GlobalInstance;
import com.dylibso.chicory.runtime.ImportMemory;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.MStack;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TableInstance;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.MemoryImport;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.Table;
import com.dylibso.chicory.wasm.types.TableLimits;
import com.dylibso.chicory.wasm.types.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One running copy of a module: its memory, globals and tables. Used by one thread at a time.
 *
 * <p>The <em>home</em> instance owns the state but no code. Each tier's code runs in an instance of
 * its own that borrows the home's state; a call to a function of another tier goes through the exit
 * table back to the home, whose machine is the {@link Switchboard}.
 */
public final class Guest {
    private static final int INTERRUPTION_INTERVAL = 4096;

    /** What an imported memory starts with at the least, if it may: OPA's ABI asks for it. */
    private static final int IMPORTED_PAGES = 5;

    private final Code code;
    private final Map<Integer, Machine> replaced = new HashMap<>();
    private final ImportValues imports;
    private final Runnable interpretedCall;
    private final List<LinearMemory> memories;
    private final LinearMemory memory;
    private final Instance home;
    private final List<@Nullable Instance> tierInstances = new ArrayList<>();

    /**
     * Instantiates a module; nothing of it has run but a start function.
     *
     * @param memoryBytes bounds the memory from the first instruction on
     * @param interpretedCall told each time that a call enters interpreted code from elsewhere
     */
    Guest(
            TieredModule module,
            Code code,
            ImportValues imports,
            long memoryBytes,
            Runnable interpretedCall) {
        this(module, module.home(), code, imports, LinearMemory::new, memoryBytes, interpretedCall);
    }

    /** A guest without content; see {@link TieredModule#blankGuest}. */
    Guest(
            TieredModule module,
            Code code,
            ImportValues imports,
            MemoryArrays arrays,
            Runnable interpretedCall) {
        this(
                module,
                module.blankHome(),
                code,
                imports,
                limits -> new LinearMemory(limits, arrays),
                Long.MAX_VALUE,
                interpretedCall);
    }

    private Guest(
            TieredModule module,
            WasmModule homeModule,
            Code code,
            ImportValues imports,
            Function<MemoryLimits, LinearMemory> newMemory,
            long memoryBytes,
            Runnable interpretedCall) {
        this.code = code;
        this.interpretedCall = interpretedCall;
        this.memories = new ArrayList<>();
        this.imports = withMemory(homeModule, imports, memories);
        this.home =
                Instance.builder(homeModule)
                        .withImportValues(this.imports)
                        .withMemoryFactory(limits -> {
                            var created = newMemory.apply(limits);
                            memories.add(created);
                            return created;
                        })
                        .withTableFactory(Guest::ownTable)
                        .withMachineFactory(
                                module.reducible() ? Switchboard::new : code.tier(0).machine())
                        .withUnsafeExecutionListener(new InterruptionCheck())
                        .withInitialize(false)
                        .withStart(false)
                        .build();
        if (memories.isEmpty()) {
            throw new UninstantiableException("module has no memory");
        }
        this.memory = memories.getFirst();
        if (module.reducible()) {
            var exits = home.table(module.exitTable());
            for (int i = 0; i < exits.size(); i++) {
                exits.setRef(i, i, home);
            }
        }
        limitMemory(memoryBytes);
        home.initialize(false);
    }

    /** A module that imports its memory gets one of its own, like any other module. */
    private static ImportValues withMemory(
            WasmModule module, ImportValues given, List<LinearMemory> memories) {
        var imports =
                ImportValues.builder()
                        .addFunction(given.functions())
                        .addGlobal(given.globals())
                        .addTable(given.tables());
        for (int i = 0; i < module.importSection().importCount(); i++) {
            if (module.importSection().getImport(i) instanceof MemoryImport wanted) {
                var created = new LinearMemory(roomy(wanted.limits()));
                memories.add(created);
                imports.addMemory(new ImportMemory(wanted.module(), wanted.name(), created));
            }
        }
        return imports.build();
    }

    private static MemoryLimits roomy(MemoryLimits wanted) {
        return new MemoryLimits(
                Math.clamp(IMPORTED_PAGES, wanted.initialPages(), wanted.maximumPages()),
                wanted.maximumPages());
    }

    /** The engine grows a table's limits in the module itself; a copy keeps guests apart. */
    private static TableInstance ownTable(Table table, int initial) {
        var limits = table.limits();
        return new TableInstance(
                new Table(table.elementType(), new TableLimits(limits.min(), limits.max())),
                initial);
    }

    /**
     * Puts host code in the place of a function that {@link TieredModule#leaveOut} keeps out of
     * every tier.
     */
    public void replace(int function, Machine replacement) {
        replaced.put(function, replacement);
    }

    /** Sets the value of the module's own global at an index, as raw bits. */
    public void setGlobal(int index, long value) {
        home.global(index).setValue(value);
    }

    /** Runs an exported function and gives its results, as raw bits. */
    public long[] call(String export, long... arguments) {
        return home.export(export).apply(arguments);
    }

    /** Runs an exported function of 32-bit integers that gives one, and none gives 0. */
    public int callInt(String export, int... arguments) {
        var wide = new long[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            wide[i] = arguments[i];
        }
        long @Nullable [] result = home.export(export).apply(wide);
        return result == null || result.length == 0 ? 0 : (int) result[0];
    }

    /** Runs a function without parameters. */
    public void call(int function) {
        var _ = home.getMachine().call(function, Value.EMPTY_VALUES);
    }

    /** The guest's memory as WASI and host calls see it. */
    public Memory memory() {
        return memory;
    }

    /**
     * Bounds all memory of the guest from now on. A module's second memory and further ones stay as
     * large as they are, so that the first may grow to the bound.
     */
    public final void limitMemory(long bytes) {
        long rest = bytes;
        for (var other : memories.subList(1, memories.size())) {
            other.limit(other.size());
            rest -= other.size();
        }
        memory.limit(rest);
    }

    /** Whether the guest ran into the bound of its memory. */
    public boolean memoryLimitReached() {
        return memories.stream().anyMatch(LinearMemory::limitReached);
    }

    /** The index of the function at a place of the module's first table; -1 for none. */
    public int tableEntry(int index) {
        var table = home.table(0);
        return index < 0 || index >= table.size() ? -1 : table.ref(index);
    }

    /** How many places the module's first table has. */
    public int tableSize() {
        return home.table(0).size();
    }

    /** The value of the module's own global at an index, as raw bits. */
    public long global(int index) {
        return home.global(index).getValue();
    }

    /** A copy of the guest's state: memory and globals. */
    public GuestImage image() {
        var globals = new long[home.globalCount()];
        for (int i = 0; i < globals.length; i++) {
            globals[i] = home.global(i).getValue();
        }
        return new GuestImage(memory.snapshot(), globals);
    }

    /** Puts the guest into the state of an image of the same module. */
    public void restore(GuestImage image) {
        memory.restore(image.memory());
        for (int i = 0; i < image.globals().length; i++) {
            home.global(i).setValue(image.globals()[i]);
        }
    }

    /** Reduces the memory of a waiting guest to what differs from the image. */
    public void park(GuestImage image) {
        memory.park(image.memory());
    }

    /** Whether so many guests of the module wait that parking should not be put off. */
    public boolean crowded() {
        return memory.crowded();
    }

    /** Gives the memory up; the guest can only be restored after that. */
    public void release() {
        memory.release();
    }

    /** Undoes {@link #park}. */
    public void unpark(GuestImage image) {
        memory.unpark(image.memory());
    }

    /** Drops what interpreted code keeps of an earlier run. */
    public void forgetInterpreters() {
        for (int i = 0; i < tierInstances.size(); i++) {
            if (code.tier(i).interpreted()) {
                tierInstances.set(i, null);
            }
        }
    }

    /** Whether later guests of the module run other code. */
    boolean runs(Code current) {
        return code == current;
    }

    private Instance tierInstance(int index) {
        while (tierInstances.size() <= index) {
            tierInstances.add(null);
        }
        var instance = tierInstances.get(index);
        if (instance == null) {
            instance = instantiate(code.tier(index));
            tierInstances.set(index, instance);
        }
        return instance;
    }

    private Instance instantiate(Tier tier) {
        var state = new BorrowedState();
        return Instance.builder(tier.module())
                .withImportValues(imports)
                .withMemoryFactory(limits -> memory)
                .withTableFactory((table, initial) -> state.nextTable())
                .withGlobalFactory((low, high, type, mutability) -> state.nextGlobal())
                .withMachineFactory(tier.machine())
                .withUnsafeExecutionListener(new InterruptionCheck())
                .withStart(false)
                .build();
    }

    /** Hands the home's tables and globals to a tier's instance in the order of their indices. */
    private final class BorrowedState {
        private int table;
        private int global;

        TableInstance nextTable() {
            return home.table(table++);
        }

        GlobalInstance nextGlobal() {
            return home.global(global++);
        }
    }

    /**
     * Lets a loop of interpreted code be interrupted: the interpreter itself looks only at calls
     * and unconditional branches.
     */
    private static final class InterruptionCheck implements ExecutionListener {
        private int instructions;

        @Override
        public void onExecution(Instruction instruction, MStack stack) {
            if (++instructions % INTERRUPTION_INTERVAL == 0
                    && Thread.currentThread().isInterrupted()) {
                throw new ChicoryInterruptedException("interrupted");
            }
        }
    }

    /** Passes each call that leaves a tier to the tier that has the function. */
    private final class Switchboard implements Machine {
        private final Instance instance;

        Switchboard(Instance instance) {
            this.instance = instance;
        }

        @Override
        public long[] call(int function, long[] arguments) {
            if (function < instance.imports().functionCount()) {
                return instance.imports().function(function).handle().apply(instance, arguments);
            }
            var replacement = replaced.get(function);
            if (replacement != null) {
                return replacement.call(function, arguments);
            }
            int tier = code.tierOf(function);
            if (code.tier(tier).interpreted()) {
                interpretedCall.run();
            }
            return tierInstance(tier).getMachine().call(function, arguments);
        }
    }
}
