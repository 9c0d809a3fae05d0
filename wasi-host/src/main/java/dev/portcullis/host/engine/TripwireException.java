package dev.portcullis.host.engine;

/** A guest entered a function that it must not run in the state that it was started in. */
public final class TripwireException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int function;

    TripwireException(int function) {
        super("tripwire at function " + function, null, false, false);
        this.function = function;
    }

    /** The function's index. */
    public int function() {
        return function;
    }
}
