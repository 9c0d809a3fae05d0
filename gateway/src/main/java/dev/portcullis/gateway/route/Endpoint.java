package dev.portcullis.gateway.route;

import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.InvalidReviewException;
import dev.portcullis.gateway.review.ResponseWriter;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.review.ReviewReader;
import dev.portcullis.gateway.verdict.Origin;

/** The paths that take reviews (policy-server §10). */
enum Endpoint {
    VALIDATE("/validate/(?<policy>[^/]+)", Origin.VALIDATE, true),
    AUDIT("/audit/(?<policy>[^/]+)", Origin.AUDIT, false),
    VALIDATE_RAW("/validate_raw/(?<policy>[^/]+)", Origin.VALIDATE, false);

    private final String path;
    private final Origin origin;
    private final boolean jsonErrors;

    Endpoint(String path, Origin origin, boolean jsonErrors) {
        this.path = path;
        this.origin = origin;
        this.jsonErrors = jsonErrors;
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
