package dev.portcullis.host.policy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyMetadata.ExecutionMode;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyMetadata.Resource;
import dev.portcullis.host.PolicyMetadata.Rule;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the custom section {@code io.kubewarden.metadata} (guest-abi §1). */
final class MetadataReader {
    static final String SECTION = "io.kubewarden.metadata";

    private static final Set<String> PROTOCOL_VERSIONS = Set.of("v1", "Unknown");
    private static final Set<String> OPERATIONS =
            Set.of("CREATE", "UPDATE", "DELETE", "CONNECT", "*");
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private MetadataReader() {}

    /**
     * Reads a section's content; unknown members are ignored.
     *
     * @throws ModuleException when it is not JSON, or not of the expected types
     */
    static PolicyMetadata read(byte[] section) throws ModuleException {
        try {
            // Jackson would guess the encoding; decoding first takes UTF-8 and nothing else.
            return metadata(
                    JSON.readTree(
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(ByteBuffer.wrap(section))
                                    .toString()));
        } catch (CharacterCodingException e) {
            throw refused("not valid UTF-8", e);
        } catch (JsonProcessingException e) {
            throw refused(e.getOriginalMessage(), e);
        } catch (WrongTypeException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static ModuleException refused(String detail, Exception cause) {
        return new ModuleException(
                "cannot deserialize custom section `" + SECTION + "` of wasm module: " + detail,
                cause);
    }

    private static PolicyMetadata metadata(JsonNode root) {
        if (!root.isObject()) {
            throw new WrongTypeException("expected an object, found " + root.getNodeType());
        }
        var protocolVersion = optionalText(root, "protocolVersion");
        if (protocolVersion != null && !PROTOCOL_VERSIONS.contains(protocolVersion)) {
            throw new WrongTypeException(
                    "protocolVersion: expected v1 or Unknown, found " + protocolVersion);
        }
        return new PolicyMetadata(
                protocolVersion,
                list(required(root, "rules"), "rules", MetadataReader::rule),
                bool(required(root, "mutating"), "mutating"),
                annotations(root.get("annotations")),
                root.has("backgroundAudit")
                        ? bool(root.get("backgroundAudit"), "backgroundAudit")
                        : PolicyMetadata.DEFAULT.backgroundAudit(),
                choice(
                        textIfThere(root, "executionMode"),
                        "executionMode",
                        ExecutionMode.values(),
                        ExecutionMode::wireName,
                        PolicyMetadata.DEFAULT.executionMode()),
                choice(
                        textIfThere(root, "policyType"),
                        "policyType",
                        PolicyType.values(),
                        PolicyType::wireName,
                        PolicyMetadata.DEFAULT.policyType()),
                root.has("contextAwareResources")
                        ? list(
                                root.get("contextAwareResources"),
                                "contextAwareResources",
                                MetadataReader::resource)
                        : List.of(),
                root.hasNonNull("hostCapabilities")
                        ? texts(root.get("hostCapabilities"), "hostCapabilities")
                        : null,
                optionalText(root, "minimumKubewardenVersion"));
    }

    private static Rule rule(JsonNode node) {
        var operations = texts(required(node, "operations"), "operations");
        for (var operation : operations) {
            if (!OPERATIONS.contains(operation)) {
                throw new WrongTypeException("operations: unknown operation " + operation);
            }
        }
        return new Rule(
                texts(required(node, "apiGroups"), "apiGroups"),
                texts(required(node, "apiVersions"), "apiVersions"),
                texts(required(node, "resources"), "resources"),
                operations);
    }

    private static Resource resource(JsonNode node) {
        return new Resource(
                text(required(node, "apiVersion"), "apiVersion"),
                text(required(node, "kind"), "kind"));
    }

    private static @Nullable Map<String, String> annotations(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isObject()) {
            throw new WrongTypeException("annotations: expected an object");
        }
        var found = new HashMap<String, String>();
        node.properties()
                .forEach(entry -> found.put(entry.getKey(), text(entry.getValue(), "annotations")));
        return found;
    }

    private static JsonNode required(JsonNode object, String member) {
        var node = object.get(member);
        if (node == null || node.isNull()) {
            throw new WrongTypeException("missing field `" + member + "`");
        }
        return node;
    }

    private static @Nullable String optionalText(JsonNode object, String member) {
        var node = object.get(member);
        return node == null || node.isNull() ? null : text(node, member);
    }

    /** For members that may be absent but not null. */
    private static @Nullable String textIfThere(JsonNode object, String member) {
        var node = object.get(member);
        return node == null ? null : text(node, member);
    }

    private static String text(JsonNode node, String what) {
        if (!node.isTextual()) {
            throw new WrongTypeException(what + ": expected a string, found " + node.getNodeType());
        }
        return node.textValue();
    }

    private static boolean bool(JsonNode node, String what) {
        if (!node.isBoolean()) {
            throw new WrongTypeException(
                    what + ": expected true or false, found " + node.getNodeType());
        }
        return node.booleanValue();
    }

    private static List<String> texts(JsonNode node, String what) {
        return list(node, what, element -> text(element, what));
    }

    private static <T> List<T> list(JsonNode node, String what, Function<JsonNode, T> element) {
        if (!node.isArray()) {
            throw new WrongTypeException(what + ": expected a list, found " + node.getNodeType());
        }
        var found = new ArrayList<T>();
        node.forEach(item -> found.add(element.apply(item)));
        return found;
    }

    private static <T> T choice(
            @Nullable String name,
            String what,
            T[] choices,
            Function<T, String> wireName,
            T absent) {
        if (name == null) {
            return absent;
        }
        return Arrays.stream(choices)
                .filter(candidate -> wireName.apply(candidate).equals(name))
                .findFirst()
                .orElseThrow(() -> new WrongTypeException(what + ": unknown value " + name));
    }

    private static final class WrongTypeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WrongTypeException(String message) {
            super(message);
        }
    }
}
