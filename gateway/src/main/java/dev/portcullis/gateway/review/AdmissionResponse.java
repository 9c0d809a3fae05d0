package dev.portcullis.gateway.review;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the client is told (policy-server §10).
 *
 * @param uid the request's
 * @param allowed whether the request may pass
 * @param patch a JSON patch in base64; null for no change
 * @param status null when there is nothing to say
 * @param auditAnnotations null or empty for none
 * @param warnings null or empty for none
 */
public record AdmissionResponse(
        String uid,
        boolean allowed,
        @Nullable String patch,
        @Nullable Status status,
        @Nullable Map<String, String> auditAnnotations,
        @Nullable List<String> warnings) {
    public AdmissionResponse {
        auditAnnotations = auditAnnotations == null ? null : Map.copyOf(auditAnnotations);
        warnings = warnings == null ? null : List.copyOf(warnings);
    }

    /**
     * Words and a code about the decision.
     *
     * @param status what only policies set that write whole responses, as is {@code reason}
     */
    public record Status(
            @Nullable String status,
            @Nullable String message,
            @Nullable String reason,
            List<Cause> causes,
            @Nullable Integer code) {
        public Status {
            causes = List.copyOf(causes);
        }

        /** A status without the members that are rarely set. */
        public Status(@Nullable String message, List<Cause> causes, @Nullable Integer code) {
            this(null, message, null, causes, code);
        }
    }

    /** One of the reasons behind a message. */
    public record Cause(
            @Nullable String reason, @Nullable String message, @Nullable String field) {}

    /** Yes, and nothing else. */
    public static AdmissionResponse accepted(String uid) {
        return new AdmissionResponse(uid, true, null, null, null, null);
    }

    /** No, with a reason and perhaps a code. */
    public static AdmissionResponse rejected(String uid, String message, @Nullable Integer code) {
        return new AdmissionResponse(
                uid, false, null, new Status(message, List.of(), code), null, null);
    }
}
