package dev.portcullis.host.run;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functions that a guest imports: those of WASI and those of its protocol. They belong to one
 * guest and serve whichever session the guest is in.
 */
public final class Imports<S extends Session> {
    private static final String PREVIEW_1 = "wasi_snapshot_preview1";
    private static final String PREVIEW_0 = "wasi_unstable";

    /** Functions whose records preview 0 lays out otherwise; there they answer "not supported". */
    private static final Set<String> CHANGED_SINCE_PREVIEW_0 =
            Set.of("fd_filestat_get", "path_filestat_get", "fd_seek", "poll_oneoff");

    private static final int NOT_SUPPORTED = 58;
    private static final HostFunction[] LIBRARY = WasiPreview1.builder().build().toHostFunctions();

    private final ImportValues values;
    private @Nullable S session;

    public Imports(HostModule<S> hostModule) {
        var functions = new ArrayList<HostFunction>();
        for (int i = 0; i < LIBRARY.length; i++) {
            functions.add(function(PREVIEW_1, i));
            functions.add(function(PREVIEW_0, i));
        }
        functions.addAll(hostModule.functions(this::current));
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

    /** Those of the names, each as {@code <module>.<name>}, that no guest can be given. */
    public static <S extends Session> List<String> unknown(
            HostModule<S> hostModule, List<String> importedNames) {
        var offered = new HashSet<String>();
        for (var function : new Imports<>(hostModule).values.functions()) {
            offered.add(function.module() + "." + function.name());
        }
        return importedNames.stream().filter(name -> !offered.contains(name)).toList();
    }

    /** The functions in the form that the engine takes. */
    public ImportValues values() {
        return values;
    }

    /** Lets the guest see this session from now on; null for none. */
    public void enter(@Nullable S session) {
        this.session = session;
    }

    private S current() {
        return Objects.requireNonNull(session, "a guest ran outside a session");
    }
}
