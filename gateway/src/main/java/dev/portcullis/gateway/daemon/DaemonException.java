package dev.portcullis.gateway.daemon;

/** The process cannot go to the background; the message says why. */
public final class DaemonException extends Exception {
    private static final long serialVersionUID = 1;

    DaemonException(String message) {
        super(message);
    }

    DaemonException(String message, Throwable cause) {
        super(message, cause);
    }
}
