package dev.portcullis.host;

/**
 * How an evaluation starts (design §3.1).
 *
 * @param kind which of the ways
 * @param reason why it is not a faster one; empty when there is nothing to explain
 */
public record StartLevel(Kind kind, String reason) {
    /** The ways to start a guest, slowest first. */
    public enum Kind {
        /** Instantiate and initialise a guest for each request. */
        PLAIN,
        /**
         * Start from a copy of an initialised guest: a command as it was at its first read of
         * standard input, a reactor as it was before its first call.
         */
        INITIALISED
    }
}
