package dev.portcullis.capability.question;

/** What comes back for an {@link Asked}. */
public sealed interface Answer {
    /** The answer as JSON, in UTF-8; owned by this record. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy would cost per call
    record Found(byte[] json) implements Answer {}

    /** Why there is none, with the chain of causes, in the words that the guest will read. */
    record Failed(String reason) implements Answer {}
}
