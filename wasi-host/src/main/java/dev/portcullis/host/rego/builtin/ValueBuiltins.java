package dev.portcullis.host.rego.builtin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builtins on arrays, objects, sets and graphs, and what fits nowhere else. */
final class ValueBuiltins {
    static final Map<String, Builtin> ALL =
            Map.ofEntries(
                    Map.entry("array.reverse", new Builtin(1, (a, _) -> reverse(a))),
                    Map.entry("object.subset", new Builtin(2, (a, _) -> subset(a))),
                    Map.entry("object.keys", new Builtin(1, (a, _) -> keys(a))),
                    Map.entry("object.union_n", new Builtin(1, (a, _) -> union(a))),
                    Map.entry("graph.reachable_paths", new Builtin(2, (a, _) -> paths(a))),
                    Map.entry("json.patch", new Builtin(2, (a, _) -> JsonPatch.apply(a))),
                    Map.entry("uuid.rfc4122", new Builtin(1, ValueBuiltins::uuid)),
                    Map.entry("uuid.parse", new Builtin(1, (a, _) -> parseUuid(a))),
                    Map.entry("opa.runtime", new Builtin(0, (_, _) -> Term.Members.of(Map.of()))),
                    Map.entry("cast_array", new Builtin(1, (a, _) -> castArray(a))),
                    Map.entry("cast_set", new Builtin(1, (a, _) -> castSet(a))),
                    Map.entry("cast_string", cast(Term.Text.class, "string")),
                    Map.entry("cast_boolean", cast(Term.Truth.class, "boolean")),
                    Map.entry("cast_null", cast(Term.Null.class, "null")),
                    Map.entry("cast_object", cast(Term.Members.class, "object")));

    private static final int LONGEST_PATH = 1_000;

    private ValueBuiltins() {}

    private static Builtin cast(Class<? extends Term> type, String name) {
        return new Builtin(
                1,
                (arguments, _) -> {
                    if (type.isInstance(arguments.term(0))) {
                        return arguments.term(0);
                    }
                    throw Arguments.wrongType(0, name, arguments.term(0));
                });
    }

    private static Term castArray(Arguments arguments) throws BuiltinException {
        return new Term.Array(arguments.collection(0));
    }

    private static Term castSet(Arguments arguments) throws BuiltinException {
        return new Term.Items(new TreeSet<>(arguments.collection(0)));
    }

    private static Term reverse(Arguments arguments) throws BuiltinException {
        return new Term.Array(arguments.array(0).reversed());
    }

    private static Term keys(Arguments arguments) throws BuiltinException {
        return new Term.Items(new TreeSet<>(arguments.object(0).entries().keySet()));
    }

    private static Term union(Arguments arguments) throws BuiltinException {
        SortedMap<Term, Term> all = new TreeMap<>();
        for (var each : arguments.array(0)) {
            if (!(each instanceof Term.Members(var entries))) {
                throw new BuiltinException("operand 1 must be an array of objects");
            }
            all = union(all, entries);
        }
        return new Term.Members(all);
    }

    private static SortedMap<Term, Term> union(
            SortedMap<Term, Term> left, SortedMap<Term, Term> right) {
        var union = new TreeMap<>(left);
        right.forEach((key, value) ->
                union.merge(
                        key,
                        value,
                        (old, added) ->
                                old instanceof Term.Members(var a)
                                                && added instanceof Term.Members(var b)
                                        ? new Term.Members(union(a, b))
                                        : added));
        return union;
    }

    private static Term subset(Arguments arguments) throws BuiltinException {
        var whole = arguments.term(0);
        var part = arguments.term(1);
        if (whole instanceof Term.Array(var items) && part instanceof Term.Items(var elements)) {
            return new Term.Truth(
                    !elements.isEmpty() && new TreeSet<>(items).containsAll(elements));
        }
        if (whole.getClass() != part.getClass()
                || !(whole instanceof Term.Members
                        || whole instanceof Term.Items
                        || whole instanceof Term.Array)) {
            throw new BuiltinException(
                    "both arguments must be of the same type, or array and set, but are "
                            + whole.type()
                            + " and "
                            + part.type());
        }
        return new Term.Truth(contains(whole, part));
    }

    private static boolean contains(Term whole, Term part) throws BuiltinException {
        Bounds.checkTime();
        if (whole instanceof Term.Members(var all) && part instanceof Term.Members(var some)) {
            for (var entry : some.entrySet()) {
                var found = all.get(entry.getKey());
                if (found == null || !contains(found, entry.getValue())) {
                    return false;
                }
            }
            return true;
        }
        if (whole instanceof Term.Items(var all) && part instanceof Term.Items(var some)) {
            return all.containsAll(some);
        }
        if (whole instanceof Term.Array(var all) && part instanceof Term.Array(var some)) {
            return containsRun(all, some);
        }
        return whole.equals(part);
    }

    private static boolean containsRun(List<Term> all, List<Term> run) throws BuiltinException {
        for (int from = 0; from + run.size() <= all.size(); from++) {
            Bounds.checkTime();
            if (all.subList(from, from + run.size()).equals(run)) {
                return true;
            }
        }
        return false;
    }

    /** Every path from the roots that ends where nothing new can be reached. */
    private static Term paths(Arguments arguments) throws BuiltinException {
        var graph = arguments.object(0).entries();
        var found = new TreeSet<Term>();
        for (var root : arguments.collection(1)) {
            if (graph.containsKey(root)) {
                var edges = neighbours(graph.get(root));
                if (edges.isEmpty()) {
                    found.add(new Term.Array(List.of(root)));
                }
                for (var next : edges) {
                    // As in OPA an edge from the root to itself is followed once.
                    paths(graph, next, new ArrayList<>(List.of(root)), found);
                }
            }
        }
        return new Term.Items(found);
    }

    private static void paths(
            Map<Term, Term> graph, Term node, List<Term> path, Collection<Term> found)
            throws BuiltinException {
        Bounds.checkCount(found.size() * (long) path.size());
        if (path.size() > LONGEST_PATH) {
            throw new BuiltinException("a path is longer than " + LONGEST_PATH);
        }
        if (!graph.containsKey(node)) {
            found.add(new Term.Array(path));
            return;
        }
        path.add(node);
        var edges = neighbours(graph.get(node));
        if (edges.isEmpty()) {
            found.add(new Term.Array(path));
        }
        for (var next : edges) {
            if (path.contains(next)) {
                found.add(new Term.Array(path));
            } else {
                paths(graph, next, path, found);
            }
        }
        path.removeLast();
    }

    private static Collection<Term> neighbours(@Nullable Term edges) {
        return switch (edges) {
            case Term.Array(var items) -> items;
            case Term.Items(var elements) -> elements;
            case null, default -> List.of();
        };
    }

    private static Term uuid(Arguments arguments, Query query) {
        return query.drawn(
                "uuid.rfc4122 " + TermWriter.shown(arguments.term(0)),
                random -> {
                    var bytes = new byte[16];
                    random.nextBytes(bytes);
                    bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
                    bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
                    var hex = HexFormat.of().formatHex(bytes);
                    return new Term.Text(
                            String.join(
                                    "-",
                                    hex.substring(0, 8),
                                    hex.substring(8, 12),
                                    hex.substring(12, 16),
                                    hex.substring(16, 20),
                                    hex.substring(20)));
                });
    }

    private static final Pattern UUID_FORM =
            Pattern.compile(
                    "(?:urn:uuid:)?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})"
                            + "|([0-9a-f]{32})"
                            + "|\\{([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\\}",
                    Pattern.CASE_INSENSITIVE);

    /** Nanoseconds between the calendar reform that UUIDs count from and 1970, in units of 100. */
    private static final long GREGORIAN_OFFSET = 0x01B21DD213814000L;

    /** Undefined for what is no UUID. */
    private static @Nullable Term parseUuid(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0);
        if (!UUID_FORM.matcher(text).matches()) {
            return null;
        }
        var hex =
                (text.length() >= 9 && text.regionMatches(true, 0, "urn:uuid:", 0, 9)
                                ? text.substring(9)
                                : text)
                        .replaceAll("[-{}]", "");
        long high = Long.parseUnsignedLong(hex.substring(0, 16), 16);
        long low = Long.parseUnsignedLong(hex.substring(16), 16);
        var uuid = new UUID(high, low);
        var found = new TreeMap<String, Term>();
        found.put("version", Term.Numeral.of(uuid.version()));
        found.put("variant", new Term.Text(variant(low)));
        if (uuid.version() == 1 || uuid.version() == 2) {
            putTimeBased(found, hex, high, low, uuid.version());
        }
        return Term.Members.of(found);
    }

    private static void putTimeBased(
            Map<String, Term> found, String hex, long high, long low, int version) {
        long time = (high >>> 32) | (((high >>> 16) & 0xffff) << 32) | ((high & 0x0fff) << 48);
        found.put("time", Term.Numeral.of((time - GREGORIAN_OFFSET) * 100));
        found.put("clocksequence", Term.Numeral.of((low >>> 48) & 0x3fff));
        var node = hex.substring(20);
        found.put(
                "nodeid",
                new Term.Text(String.join("-", node.split("(?<=\\G..)", -1)).replaceAll("-$", "")));
        found.put("macvariables", new Term.Text(macVariables((int) ((low >>> 40) & 3))));
        if (version == 2) {
            found.put("id", Term.Numeral.of(high >>> 32));
            int domain = (int) ((low >>> 48) & 0xff);
            found.put(
                    "domain",
                    new Term.Text(
                            switch (domain) {
                                case 0 -> "Person";
                                case 1 -> "Group";
                                case 2 -> "Org";
                                default -> "Domain" + domain;
                            }));
        }
    }

    private static String variant(long low) {
        int bits = (int) (low >>> 61);
        return switch (bits) {
            case 4, 5 -> "RFC4122";
            case 6 -> "Microsoft";
            case 7 -> "Future";
            default -> "Reserved";
        };
    }

    private static String macVariables(int bits) {
        return switch (bits) {
            case 3 -> "local:multicast";
            case 1 -> "global:multicast";
            case 2 -> "local:unicast";
            default -> "global:unicast";
        };
    }
}
