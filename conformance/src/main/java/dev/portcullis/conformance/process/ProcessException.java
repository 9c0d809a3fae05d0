package dev.portcullis.conformance.process;

/** A server could not be started, signalled or asked; the message says which and why. */
public final class ProcessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ProcessException(String message) {
        super(message);
    }

    ProcessException(String message, Throwable cause) {
        super(message, cause);
    }
}
