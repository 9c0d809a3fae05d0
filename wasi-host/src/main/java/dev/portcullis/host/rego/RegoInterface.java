package dev.portcullis.host.rego;

import dev.portcullis.host.ModuleException;
import dev.portcullis.host.engine.DecodedModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a module must look like so that it can be called as OPA's ABI says (guest-abi §5.1). */
final class RegoInterface {
    static final String MODULE = "env";
    static final String ABORT = "opa_abort";
    static final String PRINTLN = "opa_println";
    static final String BUILTIN = "opa_builtin";
    static final int MOST_ARGUMENTS = 4;

    private static final String VERSION = "opa_wasm_abi_version";
    private static final int KNOWN_VERSION = 1;

    /** How many integers each export takes and gives. */
    private record Shape(int parameters, int results) {}

    private static final Map<String, Shape> EXPORTS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("builtins", new Shape(0, 1)),
                            Map.entry("entrypoints", new Shape(0, 1)),
                            Map.entry("eval", new Shape(1, 1)),
                            Map.entry("opa_eval_ctx_get_result", new Shape(1, 1)),
                            Map.entry("opa_eval_ctx_new", new Shape(0, 1)),
                            Map.entry("opa_eval_ctx_set_data", new Shape(2, 0)),
                            Map.entry("opa_eval_ctx_set_entrypoint", new Shape(2, 0)),
                            Map.entry("opa_eval_ctx_set_input", new Shape(2, 0)),
                            Map.entry("opa_heap_ptr_get", new Shape(0, 1)),
                            Map.entry("opa_heap_ptr_set", new Shape(1, 0)),
                            Map.entry("opa_json_dump", new Shape(1, 1)),
                            Map.entry("opa_json_parse", new Shape(2, 1)),
                            Map.entry("opa_malloc", new Shape(1, 1))));

    /** Older compilers did not export these; without them sets reach builtins as arrays. */
    private static final Map<String, Shape> VALUE_EXPORTS =
            Map.of("opa_value_dump", new Shape(1, 1), "opa_value_parse", new Shape(2, 1));

    private static final Set<String> IMPORTS = imports();

    private RegoInterface() {}

    private static Set<String> imports() {
        var names = new ArrayList<>(List.of("memory", ABORT, PRINTLN));
        for (int i = 0; i <= MOST_ARGUMENTS; i++) {
            names.add(BUILTIN + i);
        }
        return Set.copyOf(names.stream().map(name -> MODULE + "." + name).toList());
    }

    /** Refuses a module that cannot be called. */
    static void check(DecodedModule decoded) throws ModuleException {
        var version = decoded.exportedConstant(VERSION);
        if (version.isPresent() && version.getAsInt() != KNOWN_VERSION) {
            throw new ModuleException(
                    "module has version "
                            + version.getAsInt()
                            + " of OPA's WebAssembly ABI, this host knows version "
                            + KNOWN_VERSION
                            + " only");
        }
        var unknown =
                decoded.importedNames().stream().filter(name -> !IMPORTS.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new ModuleException(
                    "module imports what this host does not offer: " + String.join(", ", unknown));
        }
        if (!decoded.exportsMemory("memory")) {
            throw new ModuleException("module does not export its memory as \"memory\"");
        }
        for (var export : EXPORTS.entrySet()) {
            if (!has(decoded, export.getKey(), export.getValue())) {
                throw new ModuleException(
                        "module does not export a function "
                                + export.getKey()
                                + " as OPA's WebAssembly ABI has it: compile it with \"opa build"
                                + " -t wasm\"");
            }
        }
    }

    /** Whether values can be exchanged in Rego's own notation, which has sets. */
    static boolean exchangesValues(DecodedModule decoded) {
        return VALUE_EXPORTS.entrySet().stream()
                .allMatch(export -> has(decoded, export.getKey(), export.getValue()));
    }

    private static boolean has(DecodedModule decoded, String name, Shape shape) {
        var function = decoded.exportedFunction(name);
        return function.isPresent()
                && decoded.isOfIntegers(function.getAsInt(), shape.parameters(), shape.results());
    }
}
