package dev.portcullis.host.rego.builtin;

/** The evaluating thread was interrupted while a builtin ran; its flag is still set. */
public final class InterruptedBuiltinException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InterruptedBuiltinException() {
        super("interrupted", null, false, false);
    }
}
