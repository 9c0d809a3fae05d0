package dev.portcullis.host.rego.builtin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Builtins on strings, and those that print. */
final class TextBuiltins {
    static final Map<String, Builtin> ALL =
            Map.ofEntries(
                    Map.entry("sprintf", new Builtin(2, (a, _) -> sprintf(a))),
                    Map.entry("indexof_n", new Builtin(2, (a, _) -> indexOfAll(a))),
                    Map.entry("strings.count", new Builtin(2, (a, _) -> count(a))),
                    Map.entry("strings.split_n", new Builtin(3, (a, _) -> splitSome(a))),
                    Map.entry("strings.reverse", new Builtin(1, (a, _) -> reverse(a))),
                    Map.entry("strings.replace_n", new Builtin(2, (a, _) -> replaceAll(a))),
                    Map.entry(
                            "strings.any_prefix_match",
                            new Builtin(2, (a, _) -> anyMatch(a, String::startsWith))),
                    Map.entry(
                            "strings.any_suffix_match",
                            new Builtin(2, (a, _) -> anyMatch(a, String::endsWith))),
                    Map.entry("trace", new Builtin(1, TextBuiltins::trace)),
                    Map.entry("print", new Builtin(1, TextBuiltins::print)),
                    Map.entry("internal.print", new Builtin(1, TextBuiltins::print)));

    private TextBuiltins() {}

    private static Term sprintf(Arguments arguments) throws BuiltinException {
        var values = new ArrayList<Object>();
        for (var term : arguments.array(1)) {
            values.add(
                    switch (term) {
                        case Term.Numeral number -> goNumber(number);
                        case Term.Text(var text) -> text;
                        default -> TermWriter.shown(term);
                    });
        }
        return new Term.Text(GoFormat.format(arguments.text(0), values));
    }

    /** The type that OPA hands to Go's formatting, which shows in what the verbs do. */
    private static Object goNumber(Term.Numeral number) {
        var literal = number.literal();
        if (literal.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E')) {
            var whole = number.decimal().toBigInteger();
            return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
        }
        double value = Double.parseDouble(literal);
        return Double.isInfinite(value) ? literal : (Object) value;
    }

    /** Counts in characters, not in bytes. */
    private static Term indexOfAll(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0);
        var wanted = arguments.text(1);
        if (wanted.isEmpty()) {
            throw new BuiltinException("empty search character");
        }
        var found = new ArrayList<Term>();
        int counted = 0;
        int characters = 0;
        for (int i = text.indexOf(wanted); i >= 0; i = text.indexOf(wanted, i + 1)) {
            Bounds.checkCount(found.size());
            characters += text.codePointCount(counted, i);
            counted = i;
            found.add(Term.Numeral.of(characters));
        }
        return new Term.Array(found);
    }

    private static Term count(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0);
        var wanted = arguments.text(1);
        if (wanted.isEmpty()) {
            return Term.Numeral.of(text.codePointCount(0, text.length()) + 1L);
        }
        long count = 0;
        int at = text.indexOf(wanted);
        while (at >= 0) {
            Bounds.checkTime();
            count++;
            at = text.indexOf(wanted, at + wanted.length());
        }
        return Term.Numeral.of(count);
    }

    /** The first parts, or with a negative number the last ones. */
    private static Term splitSome(Arguments arguments) throws BuiltinException {
        var parts = split(arguments.text(0), arguments.text(1));
        long wanted = arguments.wholeNumber(2);
        int size = parts.size();
        int from = wanted < 0 ? (int) Math.max(0, size + wanted) : 0;
        int to = wanted < 0 ? size : (int) Math.min(size, wanted);
        return array(parts.subList(from, to));
    }

    private static List<String> split(String text, String separator) throws BuiltinException {
        var parts = new ArrayList<String>();
        if (separator.isEmpty()) {
            text.codePoints().forEach(c -> parts.add(Character.toString(c)));
            return parts;
        }
        int from = 0;
        for (int i = text.indexOf(separator); i >= 0; i = text.indexOf(separator, from)) {
            Bounds.checkCount(parts.size());
            parts.add(text.substring(from, i));
            from = i + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static Term reverse(Arguments arguments) throws BuiltinException {
        return new Term.Text(new StringBuilder(arguments.text(0)).reverse().toString());
    }

    /** At each place the first pattern that fits, in the order of the object's keys. */
    private static Term replaceAll(Arguments arguments) throws BuiltinException {
        var patterns = new ArrayList<Map.Entry<String, String>>();
        for (var entry : arguments.object(0).entries().entrySet()) {
            if (!(entry.getKey() instanceof Term.Text(var old))
                    || !(entry.getValue() instanceof Term.Text(var replacement))) {
                throw new BuiltinException("operand 1 must be an object of strings");
            }
            patterns.add(Map.entry(old, replacement));
        }
        var text = arguments.text(1);
        var out = new StringBuilder();
        int at = 0;
        while (at <= text.length()) {
            Bounds.checkLength(out.length());
            Map.Entry<String, String> fitting = null;
            for (var pattern : patterns) {
                if (text.startsWith(pattern.getKey(), at)) {
                    fitting = pattern;
                    break;
                }
            }
            if (fitting != null) {
                out.append(fitting.getValue());
                at += fitting.getKey().length();
            }
            if (fitting == null || fitting.getKey().isEmpty()) {
                if (at < text.length()) {
                    int c = text.codePointAt(at);
                    out.appendCodePoint(c);
                    at += Character.charCount(c);
                } else {
                    at++;
                }
            }
        }
        return new Term.Text(out.toString());
    }

    private static Term anyMatch(Arguments arguments, BiPredicate<String, String> match)
            throws BuiltinException {
        var texts = arguments.texts(0);
        var affixes = arguments.texts(1);
        for (var text : texts) {
            Bounds.checkTime();
            for (var affix : affixes) {
                if (match.test(text, affix)) {
                    return new Term.Truth(true);
                }
            }
        }
        return new Term.Truth(false);
    }

    private static Term trace(Arguments arguments, Query query) throws BuiltinException {
        query.note(arguments.text(0));
        return new Term.Truth(true);
    }

    /**
     * Prints a line for every combination of the operands' values; each operand is a set because an
     * expression may have many values, or none.
     */
    private static @Nullable Term print(Arguments arguments, Query query) throws BuiltinException {
        print(arguments.array(0), new ArrayList<>(), query);
        return null;
    }

    private static void print(List<Term> operands, List<String> words, Query query)
            throws BuiltinException {
        Bounds.checkTime();
        if (words.size() == operands.size()) {
            query.note(String.join(" ", words));
            return;
        }
        var operand = operands.get(words.size());
        var values =
                operand instanceof Term.Items(var elements)
                        ? elements.stream().map(TextBuiltins::word).toList()
                        : List.of(word(operand));
        for (var value : values.isEmpty() ? List.of("<undefined>") : values) {
            words.add(value);
            print(operands, words, query);
            words.removeLast();
        }
    }

    private static String word(Term term) {
        return term instanceof Term.Text(var text) ? text : TermWriter.shown(term);
    }

    static Term array(List<String> texts) {
        return new Term.Array(texts.stream().<Term>map(Term.Text::new).toList());
    }
}
