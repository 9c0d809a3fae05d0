package dev.portcullis.host.engine;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.wasm.WasmBinary;
import java.util.BitSet;
import java.util.List;

/** Loads modules whose only import, if any, is {@code env.note}, which takes an i64. */
final class TestGuests {
    /** More than any of the modules asks for. */
    static final long MEMORY = 64L << 20;

    private TestGuests() {}

    /** A module in all its forms. */
    record Loaded(WasmBinary binary, DecodedModule decoded, TieredModule tiers) {
        /** Compiles some functions for all guests to come. */
        Loaded compile(BitSet functions) {
            tiers.compile(functions);
            return this;
        }

        Loaded compileAll() {
            var all = new BitSet();
            all.set(0, binary.functionCount());
            return compile(all);
        }

        Guest guest(ImportValues imports) {
            return tiers.guest(imports, MEMORY);
        }

        Guest recorded(ImportValues imports) {
            return tiers.recordedGuest(decoded, imports, MEMORY, new CallRecorder());
        }
    }

    static Loaded load(byte[] bytes) {
        var binary = WasmBinary.of(bytes);
        var decoded = DecodedModule.of(binary);
        return new Loaded(binary, decoded, new TieredModule(binary, decoded, Runnable::run));
    }

    static ImportValues note(WasmFunctionHandle handle) {
        return ImportValues.builder()
                .addFunction(
                        new HostFunction(
                                "env",
                                "note",
                                FunctionType.of(List.of(ValType.I64), List.of()),
                                handle))
                .build();
    }
}
