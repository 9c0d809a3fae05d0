package dev.portcullis.conformance.benchmark;

/** A measurement could not be made, or was made and shows a fault; the message says which. */
final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkException(String message) {
        super(message);
    }

    BenchmarkException(String message, Throwable cause) {
        super(message, cause);
    }
}
