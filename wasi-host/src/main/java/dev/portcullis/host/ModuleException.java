package dev.portcullis.host;

/** A module cannot be used; the message says why and is fit for an operator. */
public class ModuleException extends Exception {
    private static final long serialVersionUID = 1;

    public ModuleException(String message) {
        super(message);
    }

    public ModuleException(String message, Throwable cause) {
        super(message, cause);
    }
}
