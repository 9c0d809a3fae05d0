package dev.portcullis.capability;

/** A guest's payload has the wrong shape; the message is what the guest reads. */
final class PayloadException extends Exception {
    private static final long serialVersionUID = 1;

    PayloadException(String message) {
        super(message);
    }

    PayloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
