package dev.portcullis.capability;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a guest's JSON payload, strictly: nothing is coerced, and every complaint
 * names the member. Unknown members do not count. Optional ones may be absent or null.
 */
final class Payload {
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final ObjectNode object;
    private final String where;

    private Payload(ObjectNode object, String where) {
        this.object = object;
        this.where = where;
    }

    /** Parses a payload that must be one JSON object. */
    static Payload parse(byte[] payload) throws PayloadException {
        JsonNode parsed;
        try {
            parsed = JSON.readTree(payload);
        } catch (JsonProcessingException invalid) {
            var at = invalid.getLocation();
            throw new PayloadException(
                    "payload is not valid JSON: "
                            + invalid.getOriginalMessage()
                            + (at == null
                                    ? ""
                                    : " at line " + at.getLineNr() + " column " + at.getColumnNr()),
                    invalid);
        } catch (IOException invalid) {
            throw new PayloadException("payload is not valid JSON: " + invalid, invalid);
        }
        if (parsed instanceof ObjectNode object) {
            return new Payload(object, "");
        }
        if (parsed.isMissingNode()) {
            throw new PayloadException("payload is empty, expected a JSON object");
        }
        throw new PayloadException("invalid type: payload is " + shape(parsed) + ", not an object");
    }

    String string(String field) throws PayloadException {
        String value = optionalString(field);
        if (value == null) {
            throw missing(field);
        }
        return value;
    }

    @Nullable String optionalString(String field) throws PayloadException {
        JsonNode value = present(field);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrongType(field, "a string", value);
        }
        return value.textValue();
    }

    boolean bool(String field) throws PayloadException {
        JsonNode value = present(field);
        if (value == null) {
            throw missing(field);
        }
        if (!value.isBoolean()) {
            throw wrongType(field, "a boolean", value);
        }
        return value.booleanValue();
    }

    @Nullable List<String> optionalStrings(String field) throws PayloadException {
        JsonNode value = present(field);
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw wrongType(field, "an array of strings", value);
        }
        var strings = new ArrayList<String>(value.size());
        for (JsonNode item : value) {
            if (!item.isTextual()) {
                throw wrongType(field + "[" + strings.size() + "]", "a string", item);
            }
            strings.add(item.textValue());
        }
        return strings;
    }

    Payload object(String field) throws PayloadException {
        JsonNode value = present(field);
        if (value == null) {
            throw missing(field);
        }
        if (!(value instanceof ObjectNode nested)) {
            throw wrongType(field, "an object", value);
        }
        return new Payload(nested, where + field + ".");
    }

    boolean has(String field) {
        return present(field) != null;
    }

    /** The whole object, not a copy. */
    ObjectNode members() {
        return object;
    }

    PayloadException invalid(String field, String problem) {
        return new PayloadException("invalid value for field `" + where + field + "`: " + problem);
    }

    private @Nullable JsonNode present(String field) {
        JsonNode value = object.get(field);
        return value == null || value.isNull() ? null : value;
    }

    private PayloadException missing(String field) {
        return object.has(field)
                ? new PayloadException(
                        "invalid type: field `" + where + field + "` is null, but it is required")
                : new PayloadException("missing field `" + where + field + "`");
    }

    private PayloadException wrongType(String field, String expected, JsonNode value) {
        return new PayloadException(
                "invalid type: field `"
                        + where
                        + field
                        + "` is "
                        + shape(value)
                        + ", expected "
                        + expected);
    }

    private static String shape(JsonNode value) {
        String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
        return switch (value.getNodeType()) {
            case NULL -> type;
            case ARRAY, OBJECT -> "an " + type;
            case BINARY, BOOLEAN, MISSING, NUMBER, POJO, STRING -> "a " + type;
        };
    }
}
