package dev.portcullis.host.rego.builtin;

/**
 * Refuses regular expressions whose counted repetitions, one inside another, would make a program
 * too large: {@code ((a{1000}){1000}){1000}} is short to write. Go refuses them too; the regular
 * expression library does not.
 */
final class PatternSize {
    private static final long LARGEST = 200_000;
    private static final int DEEPEST = 500;

    private final String pattern;
    private int at;

    private PatternSize(String pattern) {
        this.pattern = pattern;
    }

    static void check(String pattern) throws BuiltinException {
        var _ = new PatternSize(pattern).sequence(0);
    }

    /** The size of everything up to the group's end. */
    private long sequence(int depth) throws BuiltinException {
        if (depth > DEEPEST) {
            throw new BuiltinException("error parsing regexp: expression nests too deeply");
        }
        long size = 0;
        while (at < pattern.length()) {
            long atom =
                    switch (pattern.charAt(at++)) {
                        case '(' -> sequence(depth + 1);
                        case ')' -> {
                            if (depth > 0) {
                                yield -1;
                            }
                            yield 1;
                        }
                        case '[' -> characterClass();
                        case '\\' -> escape();
                        default -> 1;
                    };
            if (atom < 0) {
                return Math.max(1, size);
            }
            size += repeated(atom);
            if (size > LARGEST) {
                throw new BuiltinException("error parsing regexp: expression too large");
            }
        }
        return Math.max(1, size);
    }

    private long repeated(long atom) throws BuiltinException {
        long size = atom;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            if (c == '*' || c == '+' || c == '?') {
                at++;
                continue;
            }
            int close = c == '{' ? pattern.indexOf('}', at) : -1;
            long count = close < 0 ? -1 : count(pattern.substring(at + 1, close));
            if (count < 0) {
                break;
            }
            at = close + 1;
            size *= Math.max(1, count);
            if (size > LARGEST) {
                throw new BuiltinException("error parsing regexp: expression too large");
            }
        }
        return size;
    }

    /** The larger number of {@code n}, {@code n,} and {@code n,m}; -1 when it is none of them. */
    private static long count(String braces) {
        long largest = 0;
        for (var part : braces.split(",", 2)) {
            if (part.length() > 4 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return -1;
            }
            largest = Math.max(largest, part.isEmpty() ? 0 : Long.parseLong(part));
        }
        return braces.isEmpty() || braces.startsWith(",") ? -1 : largest;
    }

    private long characterClass() {
        int from = at;
        if (at < pattern.length() && pattern.charAt(at) == '^') {
            at++;
        }
        if (at < pattern.length() && pattern.charAt(at) == ']') {
            at++;
        }
        while (at < pattern.length() && pattern.charAt(at) != ']') {
            if (pattern.startsWith("[:", at)) {
                int end = pattern.indexOf(":]", at);
                at = end < 0 ? at + 1 : end + 2;
            } else {
                at += pattern.charAt(at) == '\\' ? 2 : 1;
            }
        }
        at = Math.min(pattern.length(), at + 1);
        return at > from ? 1 : 0;
    }

    private long escape() {
        if (pattern.startsWith("Q", at)) {
            int end = pattern.indexOf("\\E", at);
            long length = (end < 0 ? pattern.length() : end) - (long) at;
            at = end < 0 ? pattern.length() : end + 2;
            return length;
        }
        at = Math.min(pattern.length(), at + 1);
        return 1;
    }
}
