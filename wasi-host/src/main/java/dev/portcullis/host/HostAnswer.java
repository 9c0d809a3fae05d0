package dev.portcullis.host;

/** What the host says to a {@link HostCall}. */
public sealed interface HostAnswer {
    /** The answer's bytes, usually JSON; owned by this record. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy would cost per call
    record Success(byte[] payload) implements HostAnswer {}

    /** An error text that the guest can read and handle. */
    record Failure(String message) implements HostAnswer {}
}
