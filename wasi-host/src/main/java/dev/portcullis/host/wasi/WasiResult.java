package dev.portcullis.host.wasi;

import dev.portcullis.host.FailureReason;

/** How a run of a WASI command ended. */
public sealed interface WasiResult {
    /** The guest returned, or called {@code proc_exit(0)}. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Finished(byte[] output, String errorText) implements WasiResult {}

    /** The guest reached no end of its own, or a bad one. The message is fit for a client. */
    record Failed(FailureReason reason, String message) implements WasiResult {}
}
