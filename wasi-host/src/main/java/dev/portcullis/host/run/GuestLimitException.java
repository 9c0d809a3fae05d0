package dev.portcullis.host.run;

import dev.portcullis.host.FailureReason;

/** Ends a guest that went over one of its limits; thrown from an import through the guest. */
public final class GuestLimitException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final FailureReason reason;

    public GuestLimitException(FailureReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public FailureReason reason() {
        return reason;
    }
}
