package dev.portcullis.host.rego.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** RFC 6902 on terms. As in OPA a path may be an array of keys, and lead into sets. */
final class JsonPatch {
    private JsonPatch() {}

    static Term apply(Arguments arguments) throws BuiltinException {
        var document = arguments.term(0);
        for (var operation : arguments.array(1)) {
            Bounds.checkTime();
            if (!(operation instanceof Term.Members members)) {
                throw new BuiltinException("must be an array of JSON-Patch objects");
            }
            document = apply(document, members);
        }
        return document;
    }

    private static Term apply(Term document, Term.Members operation) throws BuiltinException {
        if (!(operation.entries().get(new Term.Text("op")) instanceof Term.Text(var op))) {
            throw new BuiltinException("missing or bad 'op' in a JSON-Patch operation");
        }
        var path = path(operation, "path");
        return switch (op) {
            case "add" -> add(document, path, 0, value(operation));
            case "remove" -> remove(document, path, 0);
            case "replace" -> {
                var _ = get(document, path);
                yield path.isEmpty()
                        ? value(operation)
                        : add(remove(document, path, 0), path, 0, value(operation));
            }
            case "move" -> {
                var from = path(operation, "from");
                var moved = get(document, from);
                yield add(remove(document, from, 0), path, 0, moved);
            }
            case "copy" -> add(document, path, 0, get(document, path(operation, "from")));
            case "test" -> {
                if (!get(document, path).equals(value(operation))) {
                    throw new BuiltinException("test operation failed");
                }
                yield document;
            }
            default -> throw new BuiltinException("unrecognized op: " + op);
        };
    }

    private static Term value(Term.Members operation) throws BuiltinException {
        var value = operation.entries().get(new Term.Text("value"));
        if (value == null) {
            throw new BuiltinException("missing 'value' in a JSON-Patch operation");
        }
        return value;
    }

    private static List<Term> path(Term.Members operation, String member) throws BuiltinException {
        return switch (operation.entries().get(new Term.Text(member))) {
            case Term.Text(var text) -> pointer(text);
            case Term.Array(var keys) -> keys;
            case null, default ->
                    throw new BuiltinException(
                            "missing or bad '" + member + "' in a JSON-Patch operation");
        };
    }

    /** As OPA reads it, the first slash may be missing. */
    private static List<Term> pointer(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        var keys = new ArrayList<Term>();
        var body = text.startsWith("/") ? text.substring(1) : text;
        for (var key : body.split("/", -1)) {
            keys.add(new Term.Text(key.replace("~1", "/").replace("~0", "~")));
        }
        return keys;
    }

    private static Term get(Term document, List<Term> path) throws BuiltinException {
        var at = document;
        for (var key : path) {
            at = child(at, key);
        }
        return at;
    }

    private static Term child(Term parent, Term key) throws BuiltinException {
        var child =
                switch (parent) {
                    case Term.Members(var entries) -> entries.get(key);
                    case Term.Array(var items) -> {
                        int index = index(key, items.size());
                        yield index < items.size() ? items.get(index) : null;
                    }
                    case Term.Items(var elements) -> elements.contains(key) ? key : null;
                    default -> null;
                };
        if (child == null) {
            throw notFound(key);
        }
        return child;
    }

    private static int index(Term key, int size) throws BuiltinException {
        var text =
                switch (key) {
                    case Term.Text(var value) -> value;
                    case Term.Numeral(var literal) -> literal;
                    default -> "";
                };
        if (!text.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(text) > size) {
            throw new BuiltinException("invalid array index: " + TermWriter.shown(key));
        }
        return Integer.parseInt(text);
    }

    private static Term add(Term document, List<Term> path, int depth, Term value)
            throws BuiltinException {
        if (depth == path.size()) {
            return value;
        }
        var key = path.get(depth);
        boolean last = depth == path.size() - 1;
        @Nullable Term changed = last ? null : add(child(document, key), path, depth + 1, value);
        return switch (document) {
            case Term.Members(var entries) -> {
                var copy = new TreeMap<>(entries);
                copy.put(key, changed == null ? value : changed);
                yield new Term.Members(copy);
            }
            case Term.Array(var items) -> {
                var copy = new ArrayList<>(items);
                if (changed != null) {
                    copy.set(index(key, items.size()), changed);
                } else {
                    boolean end = key.equals(new Term.Text("-"));
                    copy.add(end ? items.size() : index(key, items.size()), value);
                }
                yield new Term.Array(copy);
            }
            case Term.Items(var elements) -> {
                var copy = new TreeSet<>(elements);
                if (changed == null) {
                    if (!key.equals(value)) {
                        throw new BuiltinException("a set's element is its own path");
                    }
                    copy.add(value);
                } else {
                    copy.remove(key);
                    copy.add(changed);
                }
                yield new Term.Items(copy);
            }
            default -> throw notFound(key);
        };
    }

    private static Term remove(Term document, List<Term> path, int depth) throws BuiltinException {
        if (path.isEmpty()) {
            throw new BuiltinException("the whole document cannot be removed");
        }
        var key = path.get(depth);
        var child = child(document, key);
        @Nullable Term changed = depth == path.size() - 1 ? null : remove(child, path, depth + 1);
        return switch (document) {
            case Term.Members(var entries) -> {
                var copy = new TreeMap<>(entries);
                if (changed == null) {
                    copy.remove(key);
                } else {
                    copy.put(key, changed);
                }
                yield new Term.Members(copy);
            }
            case Term.Array(var items) -> {
                var copy = new ArrayList<>(items);
                int index = index(key, items.size());
                if (changed == null) {
                    copy.remove(index);
                } else {
                    copy.set(index, changed);
                }
                yield new Term.Array(copy);
            }
            case Term.Items(var elements) -> {
                var copy = new TreeSet<>(elements);
                copy.remove(key);
                if (changed != null) {
                    copy.add(changed);
                }
                yield new Term.Items(copy);
            }
            default -> throw notFound(key);
        };
    }

    private static BuiltinException notFound(Term key) {
        return new BuiltinException("path does not exist: " + TermWriter.shown(key));
    }
}
