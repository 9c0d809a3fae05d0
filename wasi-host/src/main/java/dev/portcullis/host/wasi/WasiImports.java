package dev.portcullis.host.wasi;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a WASI policy may import. They belong to one guest and serve whichever session
 * the guest is in.
 */
final class WasiImports {
    private static final String PREVIEW_1 = "wasi_snapshot_preview1";
    private static final String PREVIEW_0 = "wasi_unstable";

    /** Functions whose records preview 0 lays out otherwise; there they answer "not supported". */
    private static final Set<String> CHANGED_SINCE_PREVIEW_0 =
            Set.of("fd_filestat_get", "path_filestat_get", "fd_seek", "poll_oneoff");

    private static final int NOT_SUPPORTED = 58;
    private static final List<String> HOST_CALL_MODULES = List.of("host", "kubewarden:javy/host");

    private static final HostFunction[] LIBRARY = WasiPreview1.builder().build().toHostFunctions();
    private static final FunctionType HOST_CALL =
            FunctionType.of(Collections.nCopies(8, ValType.I32), List.of(ValType.I32));
    private static final Set<String> OFFERED = offered();

    private final ImportValues values;
    private @Nullable WasiSession session;

    WasiImports() {
        var functions = new ArrayList<HostFunction>();
        for (int i = 0; i < LIBRARY.length; i++) {
            functions.add(function(PREVIEW_1, i));
            functions.add(function(PREVIEW_0, i));
        }
        for (var module : HOST_CALL_MODULES) {
            functions.add(
                    new HostFunction(
                            module,
                            "call",
                            HOST_CALL,
                            (instance, args) ->
                                    new long[] {current().hostCall(instance.memory(), args)}));
        }
        values = ImportValues.builder().addFunction(functions.toArray(HostFunction[]::new)).build();
    }

    private HostFunction function(String preview, int index) {
        var model = LIBRARY[index];
        var name = model.name();
        boolean supported = preview.equals(PREVIEW_1) || !CHANGED_SINCE_PREVIEW_0.contains(name);
        return new HostFunction(
                preview,
                name,
                FunctionType.of(model.paramTypes(), model.returnTypes()),
                (instance, args) ->
                        supported
                                ? current().wasi(index, name, instance, args)
                                : new long[] {NOT_SUPPORTED});
    }

    private static Set<String> offered() {
        var names = new HashSet<String>();
        for (var function : LIBRARY) {
            names.add(PREVIEW_1 + "." + function.name());
            names.add(PREVIEW_0 + "." + function.name());
        }
        for (var module : HOST_CALL_MODULES) {
            names.add(module + ".call");
        }
        return Set.copyOf(names);
    }

    /** Those of the names, each as {@code <module>.<name>}, that no guest can be given. */
    static List<String> unknown(List<String> importedNames) {
        return importedNames.stream().filter(name -> !OFFERED.contains(name)).toList();
    }

    ImportValues values() {
        return values;
    }

    /** Lets the guest see this session from now on; null for none. */
    void enter(@Nullable WasiSession session) {
        this.session = session;
    }

    private WasiSession current() {
        return Objects.requireNonNull(session, "a guest ran outside a session");
    }
}
