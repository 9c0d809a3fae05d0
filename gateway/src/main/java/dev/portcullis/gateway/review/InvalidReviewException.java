package dev.portcullis.gateway.review;

/** A body that is no review; the message is the complete text for the client (§10). */
public final class InvalidReviewException extends Exception {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    private InvalidReviewException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong with a body. */
    public enum Kind {
        /** It is no JSON, or JSON that readers may understand in different ways. */
        MALFORMED,
        /** It is JSON of another shape. */
        MISMATCH
    }

    static InvalidReviewException malformed(String detail) {
        return new InvalidReviewException(
                Kind.MALFORMED, "Failed to parse the request body as JSON: " + detail);
    }

    static InvalidReviewException mismatch(String path, String detail) {
        return new InvalidReviewException(
                Kind.MISMATCH,
                "Failed to deserialize the JSON body into the target type: "
                        + (path.isEmpty() ? "" : path + ": ")
                        + detail);
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
