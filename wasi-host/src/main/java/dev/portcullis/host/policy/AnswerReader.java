package dev.portcullis.host.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.portcullis.host.ValidationResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a policy answers (guest-abi §6.2 and §6.3). Strict on purpose: an answer that can be
 * read in two ways is no answer.
 */
final class AnswerReader {
    private static final int MAX_CODE = 65_535;
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    // A double would change long decimals on their way into a patch.
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private AnswerReader() {}

    /** The bytes are not the answer that the protocol asks for. */
    static final class UnreadableAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableAnswerException(String message) {
            super(message);
        }

        String detail() {
            return String.valueOf(getMessage());
        }
    }

    /** A policy's word on its settings, with its reason if it gave one. */
    record SettingsAnswer(boolean valid, @Nullable String message) {}

    static ValidationResponse validation(byte[] output) throws UnreadableAnswerException {
        var root = object(output);
        return new ValidationResponse(
                bool(root, "accepted"),
                text(root, "message"),
                code(root),
                present(root.get("mutated_object")),
                annotations(root),
                warnings(root));
    }

    static SettingsAnswer settings(byte[] output) throws UnreadableAnswerException {
        var root = object(output);
        return new SettingsAnswer(bool(root, "valid"), text(root, "message"));
    }

    private static JsonNode object(byte[] output) throws UnreadableAnswerException {
        if (output.length == 0) {
            throw new UnreadableAnswerException("the policy wrote no output");
        }
        try {
            // Jackson would replace bad bytes; decoding first refuses them.
            var text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(output)).toString();
            var root = JSON.readTree(text);
            if (!root.isObject()) {
                throw new UnreadableAnswerException(
                        "expected an object, found " + root.getNodeType());
            }
            return root;
        } catch (CharacterCodingException e) {
            throw new UnreadableAnswerException("the output is not valid UTF-8");
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            throw new UnreadableAnswerException(
                    e.getOriginalMessage()
                            + (location == null
                                    ? ""
                                    : " at line "
                                            + location.getLineNr()
                                            + " column "
                                            + location.getColumnNr()));
        }
    }

    private static @Nullable JsonNode present(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node;
    }

    private static boolean bool(JsonNode root, String member) throws UnreadableAnswerException {
        var node = root.get(member);
        if (node == null) {
            throw new UnreadableAnswerException("missing field `" + member + "`");
        }
        if (!node.isBoolean()) {
            throw new UnreadableAnswerException(
                    member + ": expected true or false, found " + node.getNodeType());
        }
        return node.booleanValue();
    }

    private static @Nullable String text(JsonNode root, String member)
            throws UnreadableAnswerException {
        var node = present(root.get(member));
        if (node == null) {
            return null;
        }
        return textOf(node, member);
    }

    private static String textOf(JsonNode node, String what) throws UnreadableAnswerException {
        if (!node.isTextual()) {
            throw new UnreadableAnswerException(
                    what + ": expected a string, found " + node.getNodeType());
        }
        return node.textValue();
    }

    private static @Nullable Integer code(JsonNode root) throws UnreadableAnswerException {
        var node = present(root.get("code"));
        if (node == null) {
            return null;
        }
        if (!node.isIntegralNumber()
                || !node.canConvertToInt()
                || node.intValue() < 0
                || node.intValue() > MAX_CODE) {
            throw new UnreadableAnswerException(
                    "code: expected a number from 0 to " + MAX_CODE + ", found " + node);
        }
        return node.intValue();
    }

    private static @Nullable Map<String, String> annotations(JsonNode root)
            throws UnreadableAnswerException {
        var node = present(root.get("audit_annotations"));
        if (node == null) {
            return null;
        }
        if (!node.isObject()) {
            throw new UnreadableAnswerException("audit_annotations: expected an object");
        }
        var found = new HashMap<String, String>();
        for (var entry : node.properties()) {
            found.put(entry.getKey(), textOf(entry.getValue(), "audit_annotations"));
        }
        return found;
    }

    private static @Nullable List<String> warnings(JsonNode root) throws UnreadableAnswerException {
        var node = present(root.get("warnings"));
        if (node == null) {
            return null;
        }
        if (!node.isArray()) {
            throw new UnreadableAnswerException("warnings: expected a list");
        }
        var found = new ArrayList<String>();
        for (var warning : node) {
            found.add(textOf(warning, "warnings"));
        }
        return found;
    }
}
