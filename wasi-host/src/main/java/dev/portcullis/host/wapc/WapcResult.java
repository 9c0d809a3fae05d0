package dev.portcullis.host.wapc;

import dev.portcullis.host.FailureReason;

/** How a call of a waPC guest ended. */
public sealed interface WapcResult {
    /** The guest gave a response and said that the call went well. */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Answered(byte[] response) implements WapcResult {}

    /**
     * The guest gave an error, or no response that can be used, or trapped.
     *
     * @param text the guest's own words, or what the engine or the protocol says
     */
    record CallFailed(FailureReason reason, String text) implements WapcResult {}

    /** The guest trapped or exited while it was started, before it was called. */
    record StartFailed(FailureReason reason, String text) implements WapcResult {}

    /** The host ended the guest: time, limits, overload. The message is fit for a client. */
    record Stopped(FailureReason reason, String message) implements WapcResult {}
}
