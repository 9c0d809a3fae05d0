package dev.portcullis.gateway.policy;

/** What a policy's entry grants makes no sense; the message says why. */
public final class GrantException extends Exception {
    private static final long serialVersionUID = 1;

    public GrantException(String message, Throwable cause) {
        super(message, cause);
    }
}
