package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.emitter.Emitter;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** YAML as OPA reads and writes it: what can be said in JSON. */
final class Yaml {
    private static final int MOST_CODE_POINTS = 16 << 20;
    private static final int DEEPEST = 500;
    private static final int MOST_ALIASES = 100;

    /** What a plain scalar could be taken for besides a string, in any version of YAML. */
    private static final Pattern NOT_PLAIN =
            Pattern.compile(
                    "(?i)|~|null|true|false|yes|no|on|off|y|n|<<"
                            + "|[-+]?[0-9][0-9_,.:eExXoObBa-fA-F+-]*|[-+]?\\.[0-9][0-9_]*.*"
                            + "|[-+]?\\.inf|\\.nan");

    private Yaml() {}

    /** One document; an empty one is null. */
    static Term read(String text) throws BuiltinException {
        var settings =
                LoadSettings.builder()
                        .setSchema(new CoreSchema())
                        .setCodePointLimit(MOST_CODE_POINTS)
                        .setMaxAliasesForCollections(MOST_ALIASES)
                        .setAllowDuplicateKeys(false)
                        .build();
        try {
            var root = new Compose(settings).composeString(text);
            return root.isPresent() ? new Reader().term(root.get(), 0) : new Term.Null();
        } catch (MarkedYamlEngineException e) {
            throw new BuiltinException("yaml: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new BuiltinException("yaml: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new BuiltinException("yaml: the document nests too deeply");
        }
    }

    /** Turns nodes into terms; aliases may make a small text a large value, so it counts. */
    private static final class Reader {
        private static final int MOST_NODES = 2_000_000;
        private int nodes;

        Term term(Node node, int depth) throws BuiltinException {
            if (depth > DEEPEST) {
                throw new BuiltinException("yaml: the document nests too deeply");
            }
            if (++nodes > MOST_NODES) {
                throw new BuiltinException("yaml: document contains excessive aliasing");
            }
            Bounds.check(nodes);
            return switch (node) {
                case ScalarNode scalar -> scalar(scalar);
                case SequenceNode sequence -> {
                    var items = new ArrayList<Term>();
                    for (var item : sequence.getValue()) {
                        items.add(term(item, depth + 1));
                    }
                    yield new Term.Array(items);
                }
                case MappingNode mapping -> mapping(mapping, depth);
                default -> throw new BuiltinException("yaml: unknown node " + node.getNodeType());
            };
        }

        private Term mapping(MappingNode mapping, int depth) throws BuiltinException {
            var members = new TreeMap<String, Term>();
            var merged = new TreeMap<String, Term>();
            for (var tuple : mapping.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    throw new BuiltinException("yaml: a key that is no scalar cannot be in JSON");
                }
                if (key.getValue().equals("<<") && key.isPlain()) {
                    merge(tuple.getValueNode(), merged, depth);
                    continue;
                }
                var name = name(key);
                if (members.put(name, term(tuple.getValueNode(), depth + 1)) != null) {
                    throw new BuiltinException("yaml: key " + name + " appears twice");
                }
            }
            merged.forEach(members::putIfAbsent);
            return Term.Members.of(members);
        }

        private void merge(Node node, Map<String, Term> merged, int depth) throws BuiltinException {
            switch (node) {
                case MappingNode mapping -> {
                    if (!(mapping(mapping, depth + 1) instanceof Term.Members(var entries))) {
                        throw new IllegalStateException("a mapping is no object");
                    }
                    for (var entry : entries.entrySet()) {
                        if (entry.getKey() instanceof Term.Text(var name)) {
                            merged.putIfAbsent(name, entry.getValue());
                        }
                    }
                }
                case SequenceNode sequence -> {
                    for (var item : sequence.getValue()) {
                        merge(item, merged, depth + 1);
                    }
                }
                default -> throw new BuiltinException("yaml: map merge requires a mapping");
            }
        }

        private static String name(ScalarNode key) throws BuiltinException {
            return scalar(key) instanceof Term.Text(var text) ? text : TermWriter.json(scalar(key));
        }

        private static Term scalar(ScalarNode node) throws BuiltinException {
            var text = node.getValue();
            var tag = node.getTag();
            if (tag.equals(Tag.NULL)) {
                return new Term.Null();
            }
            if (tag.equals(Tag.BOOL)) {
                return new Term.Truth(text.equalsIgnoreCase("true"));
            }
            if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
                return number(text);
            }
            return new Term.Text(text);
        }

        private static Term number(String text) throws BuiltinException {
            var plain = text.startsWith("+") ? text.substring(1) : text;
            try {
                if (plain.startsWith("0x")) {
                    return Term.Numeral.of(new BigInteger(plain.substring(2), 16));
                }
                if (plain.startsWith("0o")) {
                    return Term.Numeral.of(new BigInteger(plain.substring(2), 8));
                }
                var decimal = new BigDecimal(plain);
                if (plain.matches("-?(0|[1-9][0-9]*)")) {
                    return new Term.Numeral(plain);
                }
                return decimal.stripTrailingZeros().scale() <= 0
                                && decimal.abs().compareTo(BigDecimal.valueOf(1L << 53)) < 0
                        ? Term.Numeral.of(decimal.toBigInteger())
                        : new Term.Numeral(GoNumber.json(decimal.doubleValue()));
            } catch (NumberFormatException e) {
                throw new BuiltinException("yaml: " + text + " is no number of JSON");
            }
        }
    }

    /** Block style, with quotes only where a string could be read as something else. */
    static Term write(Term term) throws BuiltinException {
        var settings =
                DumpSettings.builder()
                        .setIndent(2)
                        .setIndicatorIndent(0)
                        .setIndentWithIndicator(false)
                        .setWidth(Integer.MAX_VALUE)
                        .setSplitLines(false)
                        .setUseUnicodeEncoding(true)
                        .setSchema(new CoreSchema())
                        .build();
        var out = new StringBuilder();
        var emitter =
                new Emitter(
                        settings,
                        new StreamDataWriter() {
                            @Override
                            public void write(String text) {
                                out.append(text);
                            }

                            @Override
                            public void write(String text, int offset, int length) {
                                out.append(text, offset, offset + length);
                            }
                        });
        try {
            new Serialize(settings).serializeOne(node(term)).forEach(emitter::emit);
        } catch (StackOverflowError e) {
            throw new BuiltinException("yaml: the value nests too deeply");
        }
        return new Term.Text(out.toString());
    }

    private static Node node(Term term) throws BuiltinException {
        Bounds.check(0);
        return switch (term) {
            case Term.Null _ -> plain(Tag.NULL, "null");
            case Term.Truth(var value) -> plain(Tag.BOOL, Boolean.toString(value));
            case Term.Numeral(var literal) -> number(literal);
            case Term.Text(var text) -> text(text);
            case Term.Array(var items) -> sequence(items);
            case Term.Items(var elements) -> sequence(List.copyOf(elements));
            case Term.Members(var entries) -> {
                var tuples = new ArrayList<NodeTuple>();
                for (var entry : entries.entrySet()) {
                    var key =
                            entry.getKey() instanceof Term.Text(var name)
                                    ? name
                                    : TermWriter.json(entry.getKey());
                    tuples.add(new NodeTuple(text(key), node(entry.getValue())));
                }
                yield new MappingNode(
                        Tag.MAP, tuples, tuples.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
            }
        };
    }

    private static Node sequence(List<Term> items) throws BuiltinException {
        var nodes = new ArrayList<Node>();
        for (var item : items) {
            nodes.add(node(item));
        }
        return new SequenceNode(Tag.SEQ, nodes, nodes.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }

    private static ScalarNode plain(Tag tag, String text) {
        return new ScalarNode(tag, text, ScalarStyle.PLAIN);
    }

    /** OPA's numbers pass through Go's JSON on their way, where large ones are floating. */
    private static ScalarNode number(String literal) {
        boolean whole = literal.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        if (whole && new BigInteger(literal).bitLength() <= Long.SIZE) {
            return plain(Tag.INT, literal);
        }
        return plain(Tag.FLOAT, GoNumber.shortest(new BigDecimal(literal).doubleValue()));
    }

    private static ScalarNode text(String text) {
        if (NOT_PLAIN.matcher(text).matches()) {
            return new ScalarNode(Tag.STR, text, ScalarStyle.DOUBLE_QUOTED);
        }
        return text.contains("\n")
                ? new ScalarNode(Tag.STR, text, ScalarStyle.LITERAL)
                : new ScalarNode(Tag.STR, text, ScalarStyle.PLAIN);
    }
}
