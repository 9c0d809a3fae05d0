package dev.portcullis.gateway.option;

/** A flag or variable that cannot be used; the message names it. */
final class InvalidOptionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidOptionException(String message) {
        super(message);
    }
}
