package dev.portcullis.gateway.policy;

import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads one YAML 1.2 document into nodes that know their place in the file.
 *
 * <p>The core schema of YAML 1.2 is what the reference reads: {@code yes} is a word and {@code
 * 0755} is no octal number.
 */
final class YamlDocument {
    private static final int MOST_CODE_POINTS = 16 << 20;

    /** What they stand for is bounded by {@link SettingsWriter}. */
    private static final int MOST_ALIASES = 10_000;

    private YamlDocument() {}

    /**
     * The document's root.
     *
     * @throws YamlException when the bytes are no YAML, or not exactly one document
     */
    static Node read(byte[] bytes) throws YamlException {
        LoadSettings settings =
                LoadSettings.builder()
                        .setSchema(new CoreSchema())
                        .setCodePointLimit(MOST_CODE_POINTS)
                        .setMaxAliasesForCollections(MOST_ALIASES)
                        .build();
        try {
            return new Compose(settings)
                    .composeInputStream(new ByteArrayInputStream(bytes))
                    .orElseThrow(
                            () -> new YamlException("the file is empty; write {} for no policies"));
        } catch (MarkedYamlEngineException e) {
            // Its message quotes the line, which may hold a secret; the problem alone does not.
            throw YamlException.at(e.getProblemMark(), e.getProblem());
        } catch (YamlEngineException e) {
            throw new YamlException(String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            throw new YamlException("the document nests too deeply");
        }
    }

    /**
     * The members of a mapping, in their order.
     *
     * @throws YamlException when the node is no mapping, a key is no string, or one comes twice
     */
    static SequencedMap<String, Member> members(Node node, String what) throws YamlException {
        if (!(node instanceof MappingNode mapping)) {
            throw wrongType(node, what, "a mapping");
        }
        SequencedMap<String, Member> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar) || !key.getTag().equals(Tag.STR)) {
                throw YamlException.at(
                        key, "a key in " + what + " must be a string; put it in quotes");
            }
            Member before =
                    members.putIfAbsent(scalar.getValue(), new Member(key, tuple.getValueNode()));
            if (before != null) {
                throw YamlException.at(
                        key,
                        "'"
                                + scalar.getValue()
                                + "' appears twice in "
                                + what
                                + before.key()
                                        .getStartMark()
                                        .map(mark -> ", first on line " + (mark.getLine() + 1))
                                        .orElse(""));
            }
        }
        return members;
    }

    /** A key and its value, both with their places. */
    record Member(Node key, Node value) {}

    static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    static YamlException wrongType(Node node, String what, String expected) {
        return YamlException.at(node, what + " must be " + expected + ", not " + typeOf(node));
    }

    private static final Map<Tag, String> TYPES =
            Map.of(
                    Tag.STR, "a string",
                    Tag.INT, "a whole number",
                    Tag.FLOAT, "a number with a fraction",
                    Tag.BOOL, "a boolean",
                    Tag.NULL, "null");

    private static String typeOf(Node node) {
        return switch (node) {
            case MappingNode _ -> "a mapping";
            case SequenceNode _ -> "a list";
            default -> TYPES.getOrDefault(node.getTag(), "of type " + node.getTag().getValue());
        };
    }
}
