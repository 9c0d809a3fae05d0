package dev.portcullis.host.rego.builtin;

/** Strings as Go quotes them (package strconv). */
final class GoText {
    private static final int REPLACEMENT = 0xFFFD;

    private GoText() {}

    /**
     * The text in quotes, with escapes for what cannot be printed.
     *
     * @param quote the double or the single quotation mark
     * @param ascii whether everything outside ASCII is escaped as well
     */
    static String quoted(String text, char quote, boolean ascii) {
        var out = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> appendEscaped(out, c, quote, ascii));
        return out.append(quote).toString();
    }

    private static void appendEscaped(StringBuilder out, int c, char quote, boolean ascii) {
        if (c == quote || c == '\\') {
            out.append('\\').append((char) c);
            return;
        }
        if (c < 0x80 ? isPrintable(c) : !ascii && isPrintable(c)) {
            out.appendCodePoint(c);
            return;
        }
        switch (c) {
            case 0x07 -> out.append("\\a");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case 0x0B -> out.append("\\v");
            default -> {
                if (c < ' ' || c == 0x7F) {
                    out.append("\\x%02x".formatted(c));
                } else if (c < 0x10000) {
                    out.append("\\u%04x".formatted(c));
                } else {
                    out.append("\\U%08x".formatted(c));
                }
            }
        }
    }

    /** Whether Go shows a character as it is: letters, marks, numbers, signs and the space. */
    static boolean isPrintable(int c) {
        if (c == ' ') {
            return true;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SPACE_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    /** Whether the text can stand between back quotes. */
    static boolean canBackQuote(String text) {
        return text.codePoints()
                .allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7F && c != '`' && c != 0xFEFF));
    }

    /** The text with a replacement character for every lone surrogate. */
    static String wellFormed(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        return text.codePoints()
                .map(c -> c >= 0xD800 && c <= 0xDFFF ? REPLACEMENT : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
