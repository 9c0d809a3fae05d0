package dev.portcullis.gateway.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeMap;

/**
 * The difference of two JSON values as RFC 6902 operations, in the shape and order of the reference
 * (policy-server §13): only {@code add}, {@code replace} and {@code remove}; members in sorted
 * order, first those of the new value, then the removals; arrays index by index.
 */
public final class JsonDiff {
    private final ArrayNode operations = JsonNodeFactory.instance.arrayNode();

    private JsonDiff() {}

    /** What turns the first value into the second; empty when they are equal. */
    public static ArrayNode between(JsonNode before, JsonNode after) {
        JsonDiff diff = new JsonDiff();
        diff.compare("", before, after);
        return diff.operations;
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.isObject() && after.isObject()) {
            compareObjects(path, before, after);
        } else if (before.isArray() && after.isArray()) {
            compareArrays(path, before, after);
        } else if (!equal(before, after)) {
            operation("replace", path).set("value", after);
        }
    }

    private void compareObjects(String path, JsonNode before, JsonNode after) {
        TreeMap<String, JsonNode> wanted = new TreeMap<>();
        after.properties().forEach(member -> wanted.put(member.getKey(), member.getValue()));
        wanted.forEach((name, value) -> {
            JsonNode old = before.get(name);
            if (old == null) {
                operation("add", path + '/' + escaped(name)).set("value", value);
            } else {
                compare(path + '/' + escaped(name), old, value);
            }
        });
        TreeMap<String, JsonNode> present = new TreeMap<>();
        before.properties().forEach(member -> present.put(member.getKey(), member.getValue()));
        for (String name : present.keySet()) {
            if (!wanted.containsKey(name)) {
                operation("remove", path + '/' + escaped(name));
            }
        }
    }

    private void compareArrays(String path, JsonNode before, JsonNode after) {
        int shared = Math.min(before.size(), after.size());
        for (int i = 0; i < shared; i++) {
            compare(path + '/' + i, before.get(i), after.get(i));
        }
        for (int i = shared; i < after.size(); i++) {
            operation("add", path + '/' + i).set("value", after.get(i));
        }
        // Each removal moves the rest up, so the next surplus element has the same index.
        for (int i = shared; i < before.size(); i++) {
            operation("remove", path + '/' + shared);
        }
    }

    private ObjectNode operation(String name, String path) {
        return operations.addObject().put("op", name).put("path", path);
    }

    /** Whole numbers are equal by value, fractions as doubles, and one is never the other. */
    private static boolean equal(JsonNode before, JsonNode after) {
        if (before.isNumber() && after.isNumber()) {
            if (before.isIntegralNumber() != after.isIntegralNumber()) {
                return false;
            }
            return before.isIntegralNumber()
                    ? before.bigIntegerValue().equals(after.bigIntegerValue())
                    : before.doubleValue() == after.doubleValue();
        }
        return before.equals(after);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
