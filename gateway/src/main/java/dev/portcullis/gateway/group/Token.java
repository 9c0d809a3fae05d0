package dev.portcullis.gateway.group;

/**
 * A word of an expression.
 *
 * @param text as written; for {@link Kind#TEXT} what the quotes mean
 * @param position where it begins, in UTF-16 units from 0
 */
record Token(Kind kind, String text, int position) {
    enum Kind {
        NAME,
        NUMBER,
        TEXT,
        SYMBOL,
        END
    }

    boolean is(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** For messages. */
    String named() {
        return switch (kind) {
            case END -> "the end of the expression";
            case TEXT -> "a string";
            case NAME, NUMBER, SYMBOL -> "'" + text + "'";
        };
    }
}
