package dev.portcullis.conformance.cluster;

/** The cluster could not be built, started or driven; the message says what to look at. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message) {
        super(message);
    }

    ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
