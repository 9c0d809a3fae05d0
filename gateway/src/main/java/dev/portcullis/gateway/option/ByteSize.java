package dev.portcullis.gateway.option;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 4096}, {@code 64KiB}, {@code 8MiB} or {@code 1GiB}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15})(KiB|MiB|GiB)?");

    public ByteSize {
        if (bytes < 1) {
            throw new IllegalArgumentException("a size must be at least one byte, not " + bytes);
        }
    }

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException when the text is no size
     */
    static ByteSize of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected a size such as 8MiB");
        }
        long number = Long.parseLong(matcher.group(1));
        int shift =
                switch (matcher.group(2)) {
                    case null -> 0;
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("expected a size below 8 EiB");
        }
        return new ByteSize(number << shift);
    }
}
