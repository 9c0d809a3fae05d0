package dev.portcullis.gateway.policy;

/** Policies cannot be loaded at all, whatever the operator tolerates; the message says which. */
public final class LoadException extends Exception {
    private static final long serialVersionUID = 1;

    LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
