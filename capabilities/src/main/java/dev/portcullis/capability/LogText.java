package dev.portcullis.capability;

/** Makes text of guests fit for one line of a log, so that no guest can forge another line. */
final class LogText {
    private static final int LONGEST = 32 * 1024;

    private LogText() {}

    /** Without line breaks and other control characters, at most 32 Ki characters. */
    static String of(String text) {
        String stripped = text.strip();
        int length = Math.min(LONGEST, stripped.length());
        var line = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = stripped.charAt(i);
            line.append(breaksLine(c) ? ' ' : c);
        }
        if (length < stripped.length()) {
            line.append("… (").append(stripped.length() - length).append(" characters more)");
        }
        return line.toString();
    }

    private static boolean breaksLine(char c) {
        int type = Character.getType(c);
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }
}
