package dev.portcullis.host;

/** Loads modules, and shares what is expensive between policies with the same bytes. */
public interface PolicyEngine extends AutoCloseable {
    /**
     * Parses, checks and prepares a module; a second call with equal bytes gives the same module.
     *
     * @param wasm the module's bytes
     * @throws ModuleException when the bytes are no module, its metadata or execution mode cannot
     *     be used, or it imports what this host does not offer
     */
    PolicyModule load(byte[] wasm) throws ModuleException;

    @Override
    void close();
}
