package dev.portcullis.gateway.review;

/** Reads request bodies (policy-server §10). */
public final class ReviewReader {
    private ReviewReader() {}

    /**
     * Reads an {@code AdmissionReview}. The array is kept and must not be changed afterwards.
     *
     * @throws InvalidReviewException when the body is none
     */
    public static Review.Admission admission(byte[] body) throws InvalidReviewException {
        return Cursor.read(body, cursor -> new AdmissionReader(cursor).read());
    }

    /**
     * Reads {@code {"request": <any JSON>}}. The array is kept and must not be changed afterwards.
     *
     * @throws InvalidReviewException when the body is something else
     */
    public static Review.Raw raw(byte[] body) throws InvalidReviewException {
        return Cursor.read(body, cursor -> new RawReader(cursor).read());
    }
}
