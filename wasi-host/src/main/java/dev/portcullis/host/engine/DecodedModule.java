package dev.portcullis.host.engine;

import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.AnnotatedInstruction;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.OpCode;
import com.dylibso.chicory.wasm.types.PassiveElement;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.wasm.MalformedModuleException;
import dev.portcullis.host.wasm.WasmBinary;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A module decoded and validated as a whole. It holds some forty times the heap of the module's
 * bytes, so it lives only while a module is loaded and prepared.
 */
public final class DecodedModule {
    private static final Set<OpCode> TABLE_CHANGES =
            Set.of(
                    OpCode.TABLE_SET,
                    OpCode.TABLE_GROW,
                    OpCode.TABLE_FILL,
                    OpCode.TABLE_COPY,
                    OpCode.TABLE_INIT);

    private final WasmModule module;
    private final int imports;

    private DecodedModule(WasmModule module) {
        this.module = module;
        this.imports = module.importSection().count(ExternalType.FUNCTION);
    }

    /**
     * Decodes and validates a module.
     *
     * @throws MalformedModuleException when it is not valid
     */
    public static DecodedModule of(WasmBinary binary) {
        try {
            return new DecodedModule(Parser.parse(binary.bytes()));
        } catch (ChicoryException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MalformedModuleException("not a valid WebAssembly module: " + e.getMessage());
        }
    }

    WasmModule module() {
        return module;
    }

    /** Whether nothing of the module but its one memory and its globals changes while it runs. */
    public boolean changesOnlyMemoryAndGlobals() {
        return !keepsPassiveSegments()
                && module.memorySection().map(s -> s.memoryCount()).orElse(0) + importedMemories()
                        == 1
                && module.tagSection().isEmpty()
                && !uses(TABLE_CHANGES)
                && module.importSection().importCount() == imports + importedMemories();
    }

    private int importedMemories() {
        return module.importSection().count(ExternalType.MEMORY);
    }

    boolean keepsPassiveSegments() {
        for (var element : module.elementSection().elements()) {
            if (element instanceof PassiveElement) {
                return true;
            }
        }
        for (var segment : module.dataSection().dataSegments()) {
            if (!(segment instanceof ActiveDataSegment)) {
                return true;
            }
        }
        return false;
    }

    private boolean uses(Set<OpCode> opcodes) {
        for (var body : module.codeSection().functionBodies()) {
            for (var instruction : body.instructions()) {
                if (opcodes.contains(instruction.opcode())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The functions whose code calls one of {@code callees} directly. */
    public BitSet callersOf(BitSet callees) {
        var callers = new BitSet();
        for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
            for (var instruction : module.codeSection().getFunctionBody(i).instructions()) {
                if (instruction.opcode() == OpCode.CALL
                        && callees.get((int) instruction.operand(0))) {
                    callers.set(imports + i);
                    break;
                }
            }
        }
        return callers;
    }

    /** The function that {@code function} calls last in the order of its code. */
    public OptionalInt lastCall(int function) {
        var last = OptionalInt.empty();
        for (AnnotatedInstruction instruction :
                module.codeSection().getFunctionBody(function - imports).instructions()) {
            if (instruction.opcode() == OpCode.CALL) {
                last = OptionalInt.of((int) instruction.operand(0));
            }
        }
        return last;
    }

    /** The index of an exported function. */
    public OptionalInt exportedFunction(String name) {
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            var export = module.exportSection().getExport(i);
            if (export.name().equals(name) && export.exportType() == ExternalType.FUNCTION) {
                return OptionalInt.of(export.index());
            }
        }
        return OptionalInt.empty();
    }

    /** Whether a memory is exported under this name. */
    public boolean exportsMemory(String name) {
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            var export = module.exportSection().getExport(i);
            if (export.name().equals(name) && export.exportType() == ExternalType.MEMORY) {
                return true;
            }
        }
        return false;
    }

    /** Whether a function takes and gives so many 32-bit integers and nothing else. */
    public boolean isOfIntegers(int function, int parameters, int results) {
        return type(function).params().equals(Collections.nCopies(parameters, ValType.I32))
                && type(function).returns().equals(Collections.nCopies(results, ValType.I32));
    }

    /** The value of an exported global that is a constant of 32 bits. */
    public OptionalInt exportedConstant(String name) {
        int imported = module.importSection().count(ExternalType.GLOBAL);
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            var export = module.exportSection().getExport(i);
            if (export.name().equals(name)
                    && export.exportType() == ExternalType.GLOBAL
                    && export.index() >= imported) {
                var code =
                        module.globalSection()
                                .getGlobal(export.index() - imported)
                                .initInstructions();
                return !code.isEmpty() && code.getFirst().opcode() == OpCode.I32_CONST
                        ? OptionalInt.of((int) code.getFirst().operand(0))
                        : OptionalInt.empty();
            }
        }
        return OptionalInt.empty();
    }

    /** Whether code of the module runs while it is instantiated. */
    public boolean hasStartFunction() {
        return module.startSection().isPresent();
    }

    /** Whether a function takes and gives nothing. */
    public boolean isCommand(int function) {
        return type(function).params().isEmpty() && type(function).returns().isEmpty();
    }

    /** Whether a function takes so many i32 and gives one. */
    public boolean takesNumbersAndGivesOne(int function, int parameters) {
        return type(function)
                .equals(
                        FunctionType.of(
                                Collections.nCopies(parameters, ValType.I32),
                                List.of(ValType.I32)));
    }

    private FunctionType type(int function) {
        int index =
                function < imports
                        ? imports().get(function).typeIndex()
                        : module.functionSection().getFunctionType(function - imports);
        return module.typeSection().getType(index);
    }

    /** What the module imports, each as {@code <module>.<name>}; functions in their order. */
    public List<String> importedNames() {
        var names = new ArrayList<String>();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            var imported = module.importSection().getImport(i);
            names.add(imported.module() + "." + imported.name());
        }
        return names;
    }

    private List<FunctionImport> imports() {
        return module.importSection().stream()
                .filter(FunctionImport.class::isInstance)
                .map(FunctionImport.class::cast)
                .toList();
    }
}
