package dev.portcullis.gateway.group;

/** An expression cannot be used; the message says where, what and what to do. */
public final class ExpressionException extends Exception {
    private static final long serialVersionUID = 1;

    ExpressionException(String message) {
        super(message);
    }

    /**
     * A mistake at a place.
     *
     * @param position counts UTF-16 units from 0
     */
    static ExpressionException at(String expression, int position, String problem) {
        int lineStart = expression.lastIndexOf('\n', position - 1) + 1;
        long line = expression.substring(0, lineStart).chars().filter(unit -> unit == '\n').count();
        return new ExpressionException(
                "line " + (line + 1) + ", column " + (position - lineStart + 1) + ": " + problem);
    }
}
