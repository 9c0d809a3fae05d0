package dev.portcullis.gateway.route;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long the API server waits for a webhook: {@code ?timeout=10s}, as Go writes durations. */
final class ClientTimeout {
    private static final Pattern FORM =
            Pattern.compile("(?:[0-9]{1,12}(?:\\.[0-9]{1,12})?(?:ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|µs|ms|s|m|h)");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LARGEST_MARGIN = Duration.ofMillis(100);
    private static final int MARGIN_DIVISOR = 10;
    private static final int LONGEST_TEXT = 64;

    private ClientTimeout() {}

    /**
     * Reads a duration of Go.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Duration of(String text) {
        if (text.length() > LONGEST_TEXT || !FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("the timeout must be a duration such as 10s");
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
        }
        BigDecimal longest = BigDecimal.valueOf(LONGEST.toNanos());
        return Duration.ofNanos(nanos.min(longest).longValue());
    }

    /** What is left of it for judging, when the answer must still travel back. */
    static Duration forJudging(Duration timeout) {
        Duration tenth = timeout.dividedBy(MARGIN_DIVISOR);
        return timeout.minus(tenth.compareTo(LARGEST_MARGIN) < 0 ? tenth : LARGEST_MARGIN);
    }

    private static BigDecimal unit(String name) {
        return BigDecimal.valueOf(
                switch (name) {
                    case "ns" -> 1L;
                    case "us", "µs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "m" -> 60_000_000_000L;
                    default -> 3_600_000_000_000L;
                });
    }
}
