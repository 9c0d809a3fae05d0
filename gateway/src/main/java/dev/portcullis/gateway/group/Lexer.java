package dev.portcullis.gateway.group;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts an expression into {@link Token}s. */
final class Lexer {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "(?<name>[A-Za-z_][A-Za-z0-9_]*)"
                            + "|(?<number>0[xX][0-9A-Fa-f_]+|0[oO][0-7_]+|0[bB][01_]+"
                            + "|[0-9][0-9_]*(?:\\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9]+)?)"
                            + "|(?<symbol>&&|\\|\\||[=!<>]=)");

    private final String text;
    private int at;

    Lexer(String text) {
        this.text = text;
    }

    /** The next word; again and again the end once that is reached. */
    Token next() throws ExpressionException {
        skipBlanks();
        int start = at;
        if (start == text.length()) {
            return new Token(Token.Kind.END, "", start);
        }
        if (text.charAt(start) == '"') {
            return string(start);
        }
        Matcher matcher = TOKEN.matcher(text).region(start, text.length());
        if (matcher.lookingAt()) {
            at = matcher.end();
            Token.Kind kind =
                    matcher.group("name") != null
                            ? Token.Kind.NAME
                            : matcher.group("number") != null
                                    ? Token.Kind.NUMBER
                                    : Token.Kind.SYMBOL;
            return new Token(kind, matcher.group(), start);
        }
        at = text.offsetByCodePoints(start, 1);
        return new Token(Token.Kind.SYMBOL, text.substring(start, at), start);
    }

    private void skipBlanks() throws ExpressionException {
        while (at < text.length()) {
            if (Character.isWhitespace(text.charAt(at))) {
                at++;
            } else if (text.startsWith("//", at)) {
                int end = text.indexOf('\n', at);
                at = end < 0 ? text.length() : end;
            } else if (text.startsWith("/*", at)) {
                skipComment();
            } else {
                return;
            }
        }
    }

    /** Comments nest. */
    private void skipComment() throws ExpressionException {
        int start = at;
        int depth = 0;
        do {
            if (text.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else if (at < text.length()) {
                at++;
            } else {
                throw ExpressionException.at(text, start, "a comment does not end; add */");
            }
        } while (depth > 0);
    }

    private Token string(int start) throws ExpressionException {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length() && text.charAt(at) != '\n') {
            char unit = text.charAt(at++);
            switch (unit) {
                case '"' -> {
                    return new Token(Token.Kind.TEXT, value.toString(), start);
                }
                case '\\' -> value.append(escaped());
                default -> value.append(unit);
            }
        }
        throw ExpressionException.at(text, start, "a string does not end; add \"");
    }

    private char escaped() throws ExpressionException {
        char unit = at < text.length() ? text.charAt(at++) : ' ';
        return switch (unit) {
            case '"', '\\' -> unit;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default ->
                    throw ExpressionException.at(
                            text,
                            at - 1,
                            "unknown escape in a string; \\\" \\\\ \\n \\r and \\t are known");
        };
    }
}
