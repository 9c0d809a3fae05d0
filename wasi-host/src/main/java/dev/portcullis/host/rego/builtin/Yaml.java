package dev.portcullis.host.rego.builtin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.ConstructNode;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Serialize;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.emitter.Emitter;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import org.snakeyaml.engine.v2.schema.Schema;

/** YAML as OPA reads and writes it: what can be said in JSON. */
final class Yaml {
    private static final int MOST_CODE_POINTS = 16 << 20;
    private static final int DEEPEST = 500;
    private static final int MOST_ALIASES = 100;

    /** What a plain scalar could be taken for besides a string, in any version of YAML. */
    private static final Pattern NOT_PLAIN =
            Pattern.compile(
                    "(?i)|~|null|true|false|yes|no|on|off|y|n"
                            + "|[-+]?[0-9][0-9_,.:eExXoObBa-fA-F+-]*|[-+]?\\.[0-9][0-9_]*.*"
                            + "|[-+]?\\.inf|\\.nan");

    /** Strings that need no second look. */
    private static final Pattern SIMPLE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private static final Pattern FLOATING =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern INFINITE =
            Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private static final int INDENT = 2;
    private static final DumpSettings SETTINGS =
            DumpSettings.builder()
                    .setIndent(INDENT)
                    .setWidth(Integer.MAX_VALUE)
                    .setSplitLines(false)
                    .setUseUnicodeEncoding(true)
                    .setSchema(new CoreSchema())
                    .build();

    private Yaml() {}

    /** One document; an empty one is null. */
    static Term read(String text) throws BuiltinException {
        var settings =
                LoadSettings.builder()
                        .setSchema(new PlainSchema())
                        .setCodePointLimit(MOST_CODE_POINTS)
                        .setMaxAliasesForCollections(MOST_ALIASES)
                        .setAllowDuplicateKeys(true)
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
            Bounds.checkCount(nodes);
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
                // As in OPA the last of several equal keys counts.
                members.put(name(key), term(tuple.getValueNode(), depth + 1));
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
            return switch (scalar(key)) {
                case Term.Text(var text) -> text;
                case Term.Null _ -> throw new BuiltinException("yaml: null cannot be a key");
                case Term other -> TermWriter.json(other);
            };
        }

        private static Term scalar(ScalarNode node) throws BuiltinException {
            var tag = node.getTag();
            if (tag.equals(PlainSchema.PLAIN)) {
                return plain(node.getValue());
            }
            if (tag.equals(Tag.STR) || !tag.getValue().startsWith(Tag.PREFIX)) {
                return new Term.Text(node.getValue());
            }
            var value = plain(node.getValue());
            boolean fits =
                    switch (value) {
                        case Term.Null _ -> tag.equals(Tag.NULL);
                        case Term.Truth _ -> tag.equals(Tag.BOOL);
                        case Term.Numeral _ -> tag.equals(Tag.INT) || tag.equals(Tag.FLOAT);
                        default -> false;
                    };
            if (!fits) {
                throw new BuiltinException(
                        "yaml: " + node.getValue() + " is no " + tag.getValue() + " of JSON");
            }
            return value;
        }

        /** What a scalar without quotes and tag means to Go's YAML library. */
        private static Term plain(String text) throws BuiltinException {
            switch (text) {
                case "", "~", "null", "Null", "NULL" -> {
                    return new Term.Null();
                }
                case "true", "True", "TRUE" -> {
                    return new Term.Truth(true);
                }
                case "false", "False", "FALSE" -> {
                    return new Term.Truth(false);
                }
                default -> {}
            }
            if (INFINITE.matcher(text).matches()) {
                throw new BuiltinException("yaml: " + text + " is no number of JSON");
            }
            if ("+-.0123456789".indexOf(text.charAt(0)) < 0) {
                return new Term.Text(text);
            }
            var digits = text.replace("_", "");
            var whole = whole(digits);
            if (whole != null && whole.bitLength() <= Long.SIZE) {
                return Term.Numeral.of(whole);
            }
            return FLOATING.matcher(digits).matches()
                    ? new Term.Numeral(GoNumber.json(Double.parseDouble(digits)))
                    : new Term.Text(text);
        }

        private static @Nullable BigInteger whole(String digits) {
            boolean negative = digits.startsWith("-");
            var size = negative || digits.startsWith("+") ? digits.substring(1) : digits;
            int radix = 10;
            var prefix = size.length() > 2 ? size.substring(0, 2).toLowerCase(Locale.ROOT) : "";
            switch (prefix) {
                case "0x" -> radix = 16;
                case "0o" -> radix = 8;
                case "0b" -> radix = 2;
                default -> prefix = "";
            }
            if (prefix.isEmpty() && size.length() > 1 && size.startsWith("0")) {
                radix = 8;
            }
            var rest = size.substring(prefix.length());
            if (!rest.matches("[0-9a-fA-F]{1,100}")) {
                return null;
            }
            try {
                var value = new BigInteger(rest, radix);
                return negative ? value.negate() : value;
            } catch (NumberFormatException e) {
                return null;
            }
        }
    }

    /** Leaves it to us what plain scalars mean. */
    private static final class PlainSchema implements Schema {
        static final Tag PLAIN = new Tag("!plain");

        @Override
        public ScalarResolver getScalarResolver() {
            return (_, implicit) -> implicit ? PLAIN : Tag.STR;
        }

        @Override
        public Map<Tag, ConstructNode> getSchemaTagConstructors() {
            return Map.of();
        }
    }

    /** Block style, with quotes only where a string could be read as something else. */
    static Term write(Term term) throws BuiltinException {
        var out = new StringBuilder();
        try {
            if (isBlock(term)) {
                block(term, 0, out);
            } else {
                out.append(scalar(term, 0, false)).append('\n');
            }
        } catch (StackOverflowError e) {
            throw new BuiltinException("yaml: the value nests too deeply");
        }
        return new Term.Text(out.toString());
    }

    private static boolean isBlock(Term term) {
        return switch (term) {
            case Term.Array(var items) -> !items.isEmpty();
            case Term.Items(var elements) -> !elements.isEmpty();
            case Term.Members(var entries) -> !entries.isEmpty();
            default -> false;
        };
    }

    /** Writes lines at an indentation; the first one continues the line that was begun. */
    private static void block(Term term, int indent, StringBuilder out) throws BuiltinException {
        Bounds.checkLength(out.length());
        switch (term) {
            case Term.Members(var entries) -> {
                boolean first = true;
                for (var entry : entries.entrySet()) {
                    indent(first ? 0 : indent, out);
                    first = false;
                    var name =
                            entry.getKey() instanceof Term.Text
                                    ? entry.getKey()
                                    : new Term.Text(TermWriter.json(entry.getKey()));
                    out.append(scalar(name, indent, true)).append(':');
                    if (isBlock(entry.getValue())) {
                        out.append('\n');
                        indent(indent + INDENT, out);
                        block(entry.getValue(), indent + INDENT, out);
                    } else {
                        out.append(' ')
                                .append(scalar(entry.getValue(), indent, false))
                                .append('\n');
                    }
                }
            }
            case Term.Array(var items) -> sequence(items, indent, out);
            case Term.Items(var elements) -> sequence(elements, indent, out);
            default -> throw new IllegalStateException("a scalar is no block");
        }
    }

    private static void sequence(Iterable<Term> items, int indent, StringBuilder out)
            throws BuiltinException {
        boolean first = true;
        for (var item : items) {
            indent(first ? 0 : indent, out);
            first = false;
            out.append("- ");
            if (isBlock(item)) {
                block(item, indent + INDENT, out);
            } else {
                out.append(scalar(item, indent, false)).append('\n');
            }
        }
    }

    private static void indent(int indent, StringBuilder out) {
        out.repeat(" ", indent);
    }

    /** What stands behind a key or a dash. */
    private static String scalar(Term term, int indent, boolean key) throws BuiltinException {
        return switch (term) {
            case Term.Null _ -> "null";
            case Term.Truth(var value) -> Boolean.toString(value);
            case Term.Numeral(var literal) -> number(literal);
            case Term.Text(var text) -> text(text, indent, key);
            case Term.Array _, Term.Items _ -> "[]";
            case Term.Members _ -> "{}";
        };
    }

    /** OPA's numbers pass through Go's JSON on their way, where large ones are floating. */
    private static String number(String literal) {
        boolean whole = literal.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        return whole && new BigInteger(literal).bitLength() <= Long.SIZE
                ? literal
                : GoNumber.shortest(Double.parseDouble(literal));
    }

    private static String text(String text, int indent, boolean key) {
        if (SIMPLE.matcher(text).matches() && !NOT_PLAIN.matcher(text).matches()) {
            return text;
        }
        boolean lines = text.contains("\n");
        var style =
                NOT_PLAIN.matcher(text).matches() || (key && lines)
                        ? ScalarStyle.DOUBLE_QUOTED
                        : lines ? ScalarStyle.LITERAL : ScalarStyle.PLAIN;
        var out = new StringBuilder();
        var emitter = new Emitter(SETTINGS, new Appender(out));
        new Serialize(SETTINGS)
                .serializeOne(new ScalarNode(Tag.STR, text, style))
                .forEach(emitter::emit);
        return out.toString()
                .replaceFirst("\n(?:\\.\\.\\.\n)?$", "")
                .replaceAll("\n(?=[^\n])", "\n" + " ".repeat(indent));
    }

    private record Appender(StringBuilder out) implements StreamDataWriter {
        @Override
        public void write(String text) {
            out.append(text);
        }

        @Override
        public void write(String text, int offset, int length) {
            out.append(text, offset, offset + length);
        }
    }
}
