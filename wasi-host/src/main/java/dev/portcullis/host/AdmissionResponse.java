package dev.portcullis.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole admission response as a policy wrote it (guest-abi §5.2). Its uid is not part of it: the
 * request's counts.
 *
 * @param allowed whether the policy admits the request
 * @param patch a JSON patch in base64, as the policy gave it; null for none
 * @param status null when the policy gave none
 * @param auditAnnotations null when the policy gave none
 * @param warnings null when the policy gave none
 */
public record AdmissionResponse(
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
     * @param code 0 to 65,535
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
    }

    /** One of the reasons behind a message. */
    public record Cause(
            @Nullable String reason, @Nullable String message, @Nullable String field) {}
}
