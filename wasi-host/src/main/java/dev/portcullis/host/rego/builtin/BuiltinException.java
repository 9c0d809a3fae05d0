package dev.portcullis.host.rego.builtin;

/** A builtin cannot answer: wrong arguments, or more than it may use. The message says why. */
public final class BuiltinException extends Exception {
    private static final long serialVersionUID = 1;

    public BuiltinException(String message) {
        super(message, null, false, false);
    }
}
