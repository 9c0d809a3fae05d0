package dev.portcullis.host.rego.builtin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that a policy may call on its host.
 *
 * @param arguments how many it takes
 */
public record Builtin(int arguments, Body body) {
    /** What the function does. */
    @FunctionalInterface
    interface Body {
        @Nullable Term call(Arguments arguments, Query query) throws BuiltinException;
    }

    /**
     * Calls the function.
     *
     * @param query the evaluation that calls
     * @return the result; null for none, which Rego calls undefined
     * @throws BuiltinException when the arguments are not what the function takes
     * @throws InterruptedBuiltinException when the thread was interrupted
     */
    public @Nullable Term call(List<Term> given, Query query) throws BuiltinException {
        if (given.size() != arguments) {
            throw new BuiltinException("takes " + arguments + " arguments but got " + given.size());
        }
        return body.call(new Arguments(given), query);
    }
}
