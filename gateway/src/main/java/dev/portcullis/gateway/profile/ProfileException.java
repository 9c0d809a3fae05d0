package dev.portcullis.gateway.profile;

/** No profile can be had; the message says why. */
public final class ProfileException extends Exception {
    private static final long serialVersionUID = 1;

    ProfileException(String message) {
        super(message);
    }

    ProfileException(String message, Throwable cause) {
        super(message, cause);
    }
}
