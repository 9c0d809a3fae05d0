package dev.portcullis.gateway;

/** The gateway cannot start; the message says why and is fit for an operator. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
