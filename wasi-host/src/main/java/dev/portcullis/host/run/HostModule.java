package dev.portcullis.host.run;

import com.dylibso.chicory.runtime.HostFunction;
import java.util.List;
import java.util.function.Supplier;

/** What guests of one protocol may import besides the functions of WASI. */
@FunctionalInterface
public interface HostModule<S extends Session> {
    /**
     * The functions for one guest.
     *
     * @param current gives the session that the guest is in when it calls
     */
    List<HostFunction> functions(Supplier<S> current);
}
