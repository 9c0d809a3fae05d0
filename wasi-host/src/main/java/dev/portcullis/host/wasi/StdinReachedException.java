package dev.portcullis.host.wasi;

/** Stops a guest at its first read of standard input, before the read has any effect. */
final class StdinReachedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StdinReachedException() {
        super("first read of standard input", null, false, false);
    }
}
