package dev.portcullis.host.wasi;

import dev.portcullis.host.FailureReason;

/** Ends a guest that went over one of its limits; thrown from an import through the guest. */
final class GuestLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final FailureReason reason;

    GuestLimitException(FailureReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    FailureReason reason() {
        return reason;
    }
}
