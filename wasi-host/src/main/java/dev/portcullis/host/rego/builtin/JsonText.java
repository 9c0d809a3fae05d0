package dev.portcullis.host.rego.builtin;

/** Strings in JSON. */
final class JsonText {
    private JsonText() {}

    /**
     * Appends a quoted string.
     *
     * @param asGo whether to escape what Go's encoder escapes so that JSON can stand in HTML and
     *     JavaScript
     */
    static void append(StringBuilder out, String text, boolean asGo) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || (asGo && "<>&\u2028\u2029".indexOf(c) >= 0)) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
