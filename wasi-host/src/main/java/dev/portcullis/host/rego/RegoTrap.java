package dev.portcullis.host.rego;

/** Ends a guest from one of its imports. */
final class RegoTrap extends RuntimeException {
    private static final long serialVersionUID = 1;

    RegoTrap(String message) {
        super(message, null, false, false);
    }
}
