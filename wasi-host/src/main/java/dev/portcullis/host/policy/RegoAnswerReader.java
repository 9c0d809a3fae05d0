package dev.portcullis.host.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.portcullis.host.AdmissionResponse;
import dev.portcullis.host.ValidationResponse;
import dev.portcullis.host.policy.AnswerReader.UnreadableAnswerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Rego policies answer (guest-abi §5.2). Strict on purpose: the reference admits a
 * request when a Gatekeeper policy's result is missing or malformed; here that is no answer.
 */
final class RegoAnswerReader {
    private static final int MAX_CODE = 65_535;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private RegoAnswerReader() {}

    /** The admission response of an OPA policy. */
    static AdmissionResponse opa(String json) throws UnreadableAnswerException {
        var response = result(json, "OPA").get("response");
        if (response == null || response.isNull()) {
            throw uninterpretable("OPA");
        }
        if (!response.isObject()) {
            throw wrongType("response", "an object", response);
        }
        if (text(response, "uid") == null) {
            throw new UnreadableAnswerException("missing field `uid`");
        }
        return new AdmissionResponse(
                allowed(response),
                patch(response),
                status(present(response, "status")),
                annotations(response),
                texts(response, "warnings"));
    }

    /** The violations of a Gatekeeper policy, as one answer. */
    static ValidationResponse gatekeeper(String json) throws UnreadableAnswerException {
        var violations = result(json, "Gatekeeper");
        if (!violations.isArray()) {
            throw wrongType("violations", "a list", violations);
        }
        var messages = new ArrayList<String>();
        for (var violation : violations) {
            if (!violation.isObject()) {
                throw wrongType("violation", "an object", violation);
            }
            var message = text(violation, "msg");
            if (message != null) {
                messages.add(message);
            }
        }
        return violations.isEmpty()
                ? new ValidationResponse(true, null, null, null, null, null)
                : new ValidationResponse(
                        false, String.join(", ", messages), null, null, null, null);
    }

    /** What the entry point gave: {@code [{"result": …}]}. */
    private static JsonNode result(String json, String kind) throws UnreadableAnswerException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new UnreadableAnswerException(e.getOriginalMessage());
        }
        var result = root.path(0).get("result");
        if (!root.isArray() || result == null || result.isNull()) {
            throw uninterpretable(kind);
        }
        return result;
    }

    private static UnreadableAnswerException uninterpretable(String kind) {
        return new UnreadableAnswerException("cannot interpret " + kind + " policy result");
    }

    private static UnreadableAnswerException wrongType(String what, String wanted, JsonNode found) {
        return new UnreadableAnswerException(
                what + ": expected " + wanted + ", found " + found.getNodeType());
    }

    private static @Nullable JsonNode present(JsonNode object, String member) {
        var node = object.get(member);
        return node == null || node.isNull() ? null : node;
    }

    private static boolean allowed(JsonNode response) throws UnreadableAnswerException {
        var allowed = response.get("allowed");
        if (allowed == null) {
            throw new UnreadableAnswerException("missing field `allowed`");
        }
        if (!allowed.isBoolean()) {
            throw wrongType("allowed", "true or false", allowed);
        }
        return allowed.booleanValue();
    }

    /** Unchanged, but it has to be a patch: the API server would not say whose mistake it is. */
    private static @Nullable String patch(JsonNode response) throws UnreadableAnswerException {
        var type = text(response, "patchType");
        if (type != null && !type.equals("JSONPatch")) {
            throw new UnreadableAnswerException("patchType: expected JSONPatch, found " + type);
        }
        var patch = text(response, "patch");
        if (patch == null) {
            return null;
        }
        try {
            if (JSON.readTree(Base64.getDecoder().decode(patch)).isArray()) {
                return patch;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UnreadableAnswerException(
                    "patch: expected a JSON patch in base64, found something else");
        }
        throw new UnreadableAnswerException("patch: expected a list of operations in base64");
    }

    private static AdmissionResponse.@Nullable Status status(@Nullable JsonNode status)
            throws UnreadableAnswerException {
        if (status == null) {
            return null;
        }
        if (!status.isObject()) {
            throw wrongType("status", "an object", status);
        }
        return new AdmissionResponse.Status(
                text(status, "status"),
                text(status, "message"),
                text(status, "reason"),
                causes(present(status, "details")),
                code(status));
    }

    private static List<AdmissionResponse.Cause> causes(@Nullable JsonNode details)
            throws UnreadableAnswerException {
        var causes = new ArrayList<AdmissionResponse.Cause>();
        if (details == null) {
            return causes;
        }
        if (!details.isObject() || !details.path("causes").isArray()) {
            throw new UnreadableAnswerException("status.details: missing field `causes`");
        }
        for (var cause : details.get("causes")) {
            if (!cause.isObject()) {
                throw wrongType("cause", "an object", cause);
            }
            causes.add(
                    new AdmissionResponse.Cause(
                            text(cause, "reason"), text(cause, "message"), text(cause, "field")));
        }
        return causes;
    }

    private static @Nullable Integer code(JsonNode status) throws UnreadableAnswerException {
        var code = present(status, "code");
        if (code == null) {
            return null;
        }
        if (!code.isIntegralNumber()
                || !code.canConvertToInt()
                || code.intValue() < 0
                || code.intValue() > MAX_CODE) {
            throw new UnreadableAnswerException(
                    "code: expected a number from 0 to " + MAX_CODE + ", found " + code);
        }
        return code.intValue();
    }

    private static @Nullable String text(JsonNode object, String member)
            throws UnreadableAnswerException {
        var node = present(object, member);
        return node == null ? null : textOf(node, member);
    }

    private static String textOf(JsonNode node, String what) throws UnreadableAnswerException {
        if (!node.isTextual()) {
            throw wrongType(what, "a string", node);
        }
        return node.textValue();
    }

    private static @Nullable Map<String, String> annotations(JsonNode response)
            throws UnreadableAnswerException {
        var node = present(response, "auditAnnotations");
        if (node == null) {
            return null;
        }
        if (!node.isObject()) {
            throw wrongType("auditAnnotations", "an object", node);
        }
        var found = new HashMap<String, String>();
        for (var entry : node.properties()) {
            found.put(entry.getKey(), textOf(entry.getValue(), "auditAnnotations"));
        }
        return found;
    }

    private static @Nullable List<String> texts(JsonNode response, String member)
            throws UnreadableAnswerException {
        var node = present(response, member);
        if (node == null) {
            return null;
        }
        if (!node.isArray()) {
            throw wrongType(member, "a list", node);
        }
        var found = new ArrayList<String>();
        for (var text : node) {
            found.add(textOf(text, member));
        }
        return found;
    }
}
