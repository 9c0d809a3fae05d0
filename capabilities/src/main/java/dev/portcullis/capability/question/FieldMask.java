package dev.portcullis.capability.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which members of an object a guest wants to see (guest-abi §9).
 *
 * <p>Dot paths form a tree; a path without a longer one below it keeps everything there. Arrays are
 * transparent. {@code apiVersion}, {@code kind} and {@code metadata} are always kept whole.
 */
public final class FieldMask {
    /** Keeps everything. */
    public static final FieldMask NONE = new FieldMask(Set.of(), Map.of());

    private static final Set<String> ALWAYS_KEPT = Set.of("apiVersion", "kind", "metadata");

    /** What is kept below a key; empty where everything is. */
    private record Node(Map<String, Node> children) {}

    private final Set<String> paths;
    private final Map<String, Node> roots;

    private FieldMask(Set<String> paths, Map<String, Node> roots) {
        this.paths = paths;
        this.roots = roots;
    }

    /** Parses dot paths; no paths keep everything. */
    public static FieldMask of(List<String> paths) {
        if (paths.isEmpty()) {
            return NONE;
        }
        Map<String, Node> roots = new TreeMap<>();
        for (String path : paths) {
            Map<String, Node> level = roots;
            for (String key : path.split("\\.", -1)) {
                level = level.computeIfAbsent(key, _ -> new Node(new TreeMap<>())).children();
            }
        }
        return new FieldMask(new TreeSet<>(paths), roots);
    }

    /** Whether there is nothing to prune. */
    public boolean keepsEverything() {
        return roots.isEmpty();
    }

    /** The object with only what the mask keeps; parts may be shared with the argument. */
    public ObjectNode prune(ObjectNode object) {
        if (keepsEverything()) {
            return object;
        }
        ObjectNode kept = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String key = member.getKey();
            Node node = roots.get(key);
            if (ALWAYS_KEPT.contains(key)) {
                kept.set(key, member.getValue());
            } else if (node != null) {
                kept.set(key, prune(member.getValue(), node));
            }
        }
        return kept;
    }

    private static JsonNode prune(JsonNode value, Node node) {
        if (node.children().isEmpty()) {
            return value;
        }
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode kept = JsonNodeFactory.instance.objectNode();
                for (Map.Entry<String, JsonNode> member : object.properties()) {
                    Node child = node.children().get(member.getKey());
                    if (child != null) {
                        kept.set(member.getKey(), prune(member.getValue(), child));
                    }
                }
                yield kept;
            }
            case ArrayNode array -> {
                ArrayNode kept = JsonNodeFactory.instance.arrayNode(array.size());
                array.forEach(item -> kept.add(prune(item, node)));
                yield kept;
            }
            case JsonNode scalar -> scalar;
        };
    }

    /** Whether the same paths were given, in whatever order. */
    @Override
    public boolean equals(Object other) {
        return other instanceof FieldMask mask && paths.equals(mask.paths);
    }

    @Override
    public int hashCode() {
        return paths.hashCode();
    }

    @Override
    public String toString() {
        return paths.toString();
    }
}
