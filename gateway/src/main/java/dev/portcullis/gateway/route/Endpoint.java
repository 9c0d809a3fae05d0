package dev.portcullis.gateway.route;

import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.InvalidReviewException;
import dev.portcullis.gateway.review.ResponseWriter;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.review.ReviewReader;
import dev.portcullis.gateway.verdict.Origin;

/** The paths that take reviews (policy-server §10). */
enum Endpoint {
    VALIDATE("/validate/(?<policy>[^/]+)", Origin.VALIDATE, true, "validation"),
    AUDIT("/audit/(?<policy>[^/]+)", Origin.AUDIT, false, "audit"),
    VALIDATE_RAW("/validate_raw/(?<policy>[^/]+)", Origin.VALIDATE, false, "validation_raw");

    private final String path;
    private final Origin origin;
    private final boolean jsonErrors;
    private final String span;

    Endpoint(String path, Origin origin, boolean jsonErrors, String span) {
        this.path = path;
        this.origin = origin;
        this.jsonErrors = jsonErrors;
        this.span = span;
    }

    /** A regular expression; the group {@code policy} is the policy's name. */
    String path() {
        return path;
    }

    Origin origin() {
        return origin;
    }

    /** Whether errors of the body are told as JSON; else as plain text. */
    boolean jsonErrors() {
        return jsonErrors;
    }

    /** Under which name logs and traces show the work. */
    String span() {
        return span;
    }

    Review read(byte[] body) throws InvalidReviewException {
        return switch (this) {
            case VALIDATE, AUDIT -> ReviewReader.admission(body);
            case VALIDATE_RAW -> ReviewReader.raw(body);
        };
    }

    byte[] write(AdmissionResponse response) {
        return switch (this) {
            case VALIDATE, AUDIT -> ResponseWriter.admission(response);
            case VALIDATE_RAW -> ResponseWriter.raw(response);
        };
    }
}
