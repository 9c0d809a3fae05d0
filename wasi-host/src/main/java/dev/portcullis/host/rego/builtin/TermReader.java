package dev.portcullis.host.rego.builtin;

import java.util.ArrayList;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads what a guest writes of a value: JSON, and besides {@code {1, 2}} and {@code set()} for sets
 * and any value for an object's key. JSON that did not come from a guest is held to JSON's rules.
 */
public final class TermReader {
    private static final int DEEPEST = 2_000;

    private final String text;
    private final boolean jsonOnly;
    private int at;

    private TermReader(String text, boolean jsonOnly) {
        this.text = text;
        this.jsonOnly = jsonOnly;
    }

    /**
     * The value that a guest wrote.
     *
     * @throws BuiltinException when it is none
     */
    public static Term read(String text) throws BuiltinException {
        return new TermReader(text, false).whole();
    }

    /**
     * The value of a JSON document.
     *
     * @throws BuiltinException when it is none
     */
    static Term readJson(String text) throws BuiltinException {
        return new TermReader(text, true).whole();
    }

    private Term whole() throws BuiltinException {
        var term = value(0);
        skipSpace();
        if (at < text.length()) {
            throw unexpected("end");
        }
        return term;
    }

    private Term value(int depth) throws BuiltinException {
        if (depth > DEEPEST) {
            throw new BuiltinException("value nests more than " + DEEPEST + " levels deep");
        }
        skipSpace();
        if (at >= text.length()) {
            throw unexpected("a value");
        }
        return switch (text.charAt(at)) {
            case '{' -> braces(depth);
            case '[' -> array(depth);
            case '"' -> new Term.Text(string());
            case 't' -> word("true", new Term.Truth(true));
            case 'f' -> word("false", new Term.Truth(false));
            case 'n' -> word("null", new Term.Null());
            case 's' -> {
                if (jsonOnly) {
                    throw unexpected("a value");
                }
                yield word("set()", new Term.Items(new TreeSet<>()));
            }
            default -> number();
        };
    }

    private Term word(String word, Term term) throws BuiltinException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
        return term;
    }

    private Term array(int depth) throws BuiltinException {
        at++;
        var items = new ArrayList<Term>();
        if (!next(']')) {
            do {
                items.add(value(depth + 1));
            } while (next(','));
            expect(']');
        }
        return new Term.Array(items);
    }

    /** An object or a set, which the first element tells. */
    private Term braces(int depth) throws BuiltinException {
        at++;
        var entries = new TreeMap<Term, Term>();
        if (next('}')) {
            return new Term.Members(entries);
        }
        var first = value(depth + 1);
        if (jsonOnly && !(first instanceof Term.Text)) {
            throw unexpected("a string as key");
        }
        if (!next(':')) {
            if (jsonOnly) {
                throw unexpected("':'");
            }
            return set(first, depth);
        }
        entries.put(first, value(depth + 1));
        while (next(',')) {
            var key = value(depth + 1);
            if (jsonOnly && !(key instanceof Term.Text)) {
                throw unexpected("a string as key");
            }
            expect(':');
            entries.put(key, value(depth + 1));
        }
        expect('}');
        return new Term.Members(entries);
    }

    private Term set(Term first, int depth) throws BuiltinException {
        var elements = new TreeSet<Term>();
        elements.add(first);
        while (next(',')) {
            elements.add(value(depth + 1));
        }
        expect('}');
        return new Term.Items(elements);
    }

    private Term number() throws BuiltinException {
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        digits();
        if (at - digits > 1 && text.charAt(digits) == '0') {
            throw unexpected("a number without leading zeros");
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits();
        }
        var number = new Term.Numeral(text.substring(from, at));
        try {
            var _ = number.decimal();
        } catch (NumberFormatException e) {
            throw new BuiltinException("number out of range: " + number.literal());
        }
        return number;
    }

    private void digits() throws BuiltinException {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == from) {
            throw unexpected("a value");
        }
    }

    private String string() throws BuiltinException {
        var found = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return GoText.wellFormed(found.toString());
            }
            if (c < ' ') {
                throw unexpected("no control character in a string");
            }
            found.append(c == '\\' ? escaped() : c);
        }
        throw unexpected("'\"'");
    }

    private char escaped() throws BuiltinException {
        if (at >= text.length()) {
            throw unexpected("an escape");
        }
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '"', '\\', '/' -> c;
            case 'u' -> {
                if (at + 4 > text.length()) {
                    throw unexpected("four hexadecimal digits");
                }
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(text.charAt(at++), 16);
                    if (digit < 0) {
                        throw unexpected("four hexadecimal digits");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> throw unexpected("an escape");
        };
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean next(char wanted) {
        skipSpace();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) throws BuiltinException {
        if (!next(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    private BuiltinException unexpected(String expected) {
        return new BuiltinException("expected " + expected + " at character " + at);
    }
}
