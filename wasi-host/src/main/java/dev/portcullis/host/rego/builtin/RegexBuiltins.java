package dev.portcullis.host.rego.builtin;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builtins on regular expressions, in the RE2 syntax that Go and OPA use. */
final class RegexBuiltins {
    static final Map<String, Builtin> ALL =
            Map.of(
                    "regex.split", new Builtin(2, (a, _) -> split(a)),
                    "regex.find_n", new Builtin(3, (a, _) -> find(a)),
                    "regex.find_all_string_submatch_n", new Builtin(3, (a, _) -> findGroups(a)),
                    "regex.replace", new Builtin(3, (a, _) -> replace(a)),
                    "regex.template_match", new Builtin(4, (a, _) -> matchTemplate(a)),
                    "regex.match", new Builtin(2, (a, _) -> match(a)),
                    "re_match", new Builtin(2, (a, _) -> match(a)),
                    "regex.is_valid", new Builtin(1, (a, _) -> isValid(a)),
                    "glob.quote_meta", new Builtin(1, (a, _) -> quoteGlob(a)));

    private static final int CACHED = 256;
    private static final int LARGEST_CACHED = 5_000;
    private static final String META = "\\.+*?()|[]{}^$";
    private static final String GLOB_META = "*?\\[]{}";

    /** The patterns used last; a policy mostly uses the same few. */
    private static final Map<String, Pattern> CACHE =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Pattern> eldest) {
                    return size() > CACHED;
                }
            };

    private RegexBuiltins() {}

    private static Pattern compiled(String pattern) throws BuiltinException {
        synchronized (CACHE) {
            var known = CACHE.get(pattern);
            if (known != null) {
                return known;
            }
        }
        PatternSize.check(pattern);
        Pattern compiled;
        try {
            compiled = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new BuiltinException("error parsing regexp: " + e.getDescription());
        } catch (StackOverflowError e) {
            throw new BuiltinException("error parsing regexp: expression nests too deeply");
        }
        if (pattern.length() + compiled.programSize() <= LARGEST_CACHED) {
            synchronized (CACHE) {
                CACHE.put(pattern, compiled);
            }
        }
        return compiled;
    }

    /** Text that stops being read when its reader is interrupted. */
    private record Interruptible(String text) implements CharSequence {
        private static final int INTERVAL_MASK = 0x3F;

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if ((index & INTERVAL_MASK) == 0 && Thread.currentThread().isInterrupted()) {
                throw new InterruptedBuiltinException();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static Matcher matcher(Pattern pattern, String text) {
        return pattern.matcher(new Interruptible(text));
    }

    @FunctionalInterface
    private interface Found {
        void at(Matcher match) throws BuiltinException;
    }

    /** Visits matches from left to right; an empty one right after another does not count. */
    private static void forEachMatch(Pattern pattern, String text, long most, Found found)
            throws BuiltinException {
        var matcher = matcher(pattern, text);
        int at = 0;
        int previousEnd = -1;
        long count = 0;
        while (at <= text.length() && (most < 0 || count < most) && matcher.find(at)) {
            Bounds.checkCount(count);
            int end = matcher.end();
            boolean counts = end != at || matcher.start() != previousEnd;
            if (end == at) {
                at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
            } else {
                at = end;
            }
            previousEnd = end;
            if (counts) {
                found.at(matcher);
                count++;
            }
        }
    }

    private static Term split(Arguments arguments) throws BuiltinException {
        var pattern = compiled(arguments.text(0));
        var text = arguments.text(1);
        var parts = new ArrayList<String>();
        if (text.isEmpty() && !arguments.text(0).isEmpty()) {
            return TextBuiltins.array(List.of(""));
        }
        int[] range = {0, 0};
        forEachMatch(
                pattern,
                text,
                -1,
                match -> {
                    range[1] = match.start();
                    if (match.end() != 0) {
                        parts.add(text.substring(range[0], range[1]));
                    }
                    range[0] = match.end();
                });
        if (range[1] != text.length()) {
            parts.add(text.substring(range[0]));
        }
        return TextBuiltins.array(parts);
    }

    private static Term find(Arguments arguments) throws BuiltinException {
        var found = new ArrayList<String>();
        forEachMatch(
                compiled(arguments.text(0)),
                arguments.text(1),
                arguments.wholeNumber(2),
                match -> found.add(match.group()));
        return TextBuiltins.array(found);
    }

    private static Term findGroups(Arguments arguments) throws BuiltinException {
        var found = new ArrayList<Term>();
        forEachMatch(
                compiled(arguments.text(0)),
                arguments.text(1),
                arguments.wholeNumber(2),
                match -> {
                    var groups = new ArrayList<String>();
                    for (int i = 0; i <= match.groupCount(); i++) {
                        var group = match.group(i);
                        groups.add(group == null ? "" : group);
                    }
                    found.add(TextBuiltins.array(groups));
                });
        return new Term.Array(found);
    }

    private static Term replace(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0);
        var pattern = compiled(arguments.text(1));
        var replacement = arguments.text(2);
        var out = new StringBuilder();
        int[] end = {0};
        forEachMatch(
                pattern,
                text,
                -1,
                match -> {
                    out.append(text, end[0], match.start());
                    expand(replacement, match, pattern, out);
                    Bounds.checkLength(out.length());
                    end[0] = match.end();
                });
        return new Term.Text(out.append(text, end[0], text.length()).toString());
    }

    /** Go's replacement syntax: {@code $1}, {@code $name}, <code>${name}</code>, {@code $$}. */
    private static void expand(String template, Matcher match, Pattern pattern, StringBuilder out) {
        int at = 0;
        while (at < template.length()) {
            int dollar = template.indexOf('$', at);
            if (dollar < 0) {
                out.append(template, at, template.length());
                return;
            }
            out.append(template, at, dollar);
            at = dollar + 1;
            if (template.startsWith("$", at)) {
                out.append('$');
                at++;
                continue;
            }
            boolean braces = template.startsWith("{", at);
            int from = braces ? at + 1 : at;
            int to = from;
            while (to < template.length()) {
                int c = template.codePointAt(to);
                if (!Character.isLetterOrDigit(c) && c != '_') {
                    break;
                }
                to += Character.charCount(c);
            }
            if (to == from || (braces && !template.startsWith("}", to))) {
                out.append('$');
                continue;
            }
            var group = group(template.substring(from, to), match, pattern);
            out.append(group == null ? "" : group);
            at = braces ? to + 1 : to;
        }
    }

    private static @Nullable String group(String name, Matcher match, Pattern pattern) {
        if (name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            boolean short_ = name.length() < 10 && (name.length() == 1 || name.charAt(0) != '0');
            int number = short_ ? Integer.parseInt(name) : Integer.MAX_VALUE;
            return number <= match.groupCount() ? match.group(number) : null;
        }
        Integer number = pattern.namedGroups().get(name);
        return number == null ? null : match.group(number);
    }

    private static Term match(Arguments arguments) throws BuiltinException {
        return new Term.Truth(matcher(compiled(arguments.text(0)), arguments.text(1)).find());
    }

    private static Term isValid(Arguments arguments) {
        try {
            var _ = compiled(arguments.text(0));
            return new Term.Truth(true);
        } catch (BuiltinException e) {
            return new Term.Truth(false);
        }
    }

    /** A template is plain text with regular expressions between delimiters. */
    private static Term matchTemplate(Arguments arguments) throws BuiltinException {
        var template = arguments.text(0);
        char start = delimiter(arguments.text(2), "start");
        char end = delimiter(arguments.text(3), "end");
        var pattern = new StringBuilder("^");
        int level = 0;
        int from = 0;
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if (c == start) {
                if (++level == 1) {
                    quote(template.substring(from, i), META, pattern);
                    from = i + 1;
                }
            } else if (c == end) {
                if (--level == 0) {
                    var inner = template.substring(from, i);
                    var _ = compiled("^" + inner + "$");
                    pattern.append('(').append(inner).append(')');
                    from = i + 1;
                } else if (level < 0) {
                    throw unbalanced(template);
                }
            }
        }
        if (level != 0) {
            throw unbalanced(template);
        }
        quote(template.substring(from), META, pattern);
        var compiled = compiled(pattern.append('$').toString());
        return new Term.Truth(matcher(compiled, arguments.text(1)).find());
    }

    private static char delimiter(String text, String which) throws BuiltinException {
        if (text.length() != 1 || text.charAt(0) >= 0x80) {
            throw new BuiltinException(
                    which + " delimiter has to be exactly one ASCII character, not " + text);
        }
        return text.charAt(0);
    }

    private static BuiltinException unbalanced(String template) {
        return new BuiltinException("unbalanced braces in " + GoText.quoted(template, '"', false));
    }

    private static Term quoteGlob(Arguments arguments) throws BuiltinException {
        var out = new StringBuilder();
        quote(arguments.text(0), GLOB_META, out);
        return new Term.Text(out.toString());
    }

    private static void quote(String text, String special, StringBuilder out) {
        text.chars()
                .forEach(c -> {
                    if (special.indexOf(c) >= 0) {
                        out.append('\\');
                    }
                    out.append((char) c);
                });
    }
}
