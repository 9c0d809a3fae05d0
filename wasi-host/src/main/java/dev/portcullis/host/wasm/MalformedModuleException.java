package dev.portcullis.host.wasm;

/** The bytes are not a WebAssembly module that this host can read. */
public final class MalformedModuleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedModuleException(String message) {
        super(message);
    }
}
