package dev.portcullis.host;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy's answer to a validation request (guest-abi §6.2).
 *
 * @param accepted whether the policy admits the request
 * @param message words for the client
 * @param code a status code, 0 to 65,535
 * @param mutatedObject the whole object as the policy wants it; null when it changes nothing
 * @param auditAnnotations null when the policy gave none
 * @param warnings null when the policy gave none
 */
public record ValidationResponse(
        boolean accepted,
        @Nullable String message,
        @Nullable Integer code,
        @Nullable JsonNode mutatedObject,
        @Nullable Map<String, String> auditAnnotations,
        @Nullable List<String> warnings) {
    public ValidationResponse {
        auditAnnotations = auditAnnotations == null ? null : Map.copyOf(auditAnnotations);
        warnings = warnings == null ? null : List.copyOf(warnings);
    }
}
