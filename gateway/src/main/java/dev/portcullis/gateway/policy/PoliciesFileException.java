package dev.portcullis.gateway.policy;

/** The policies file cannot be used; the message names the file and, where it can, the line. */
public final class PoliciesFileException extends Exception {
    private static final long serialVersionUID = 1;

    PoliciesFileException(String message) {
        super(message);
    }
}
