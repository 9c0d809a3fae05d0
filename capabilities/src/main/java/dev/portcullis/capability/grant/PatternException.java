package dev.portcullis.capability.grant;

/** A {@code hostCapabilities} pattern that matches nothing known; the message says what would. */
public final class PatternException extends Exception {
    private static final long serialVersionUID = 1;

    PatternException(String message) {
        super(message);
    }
}
