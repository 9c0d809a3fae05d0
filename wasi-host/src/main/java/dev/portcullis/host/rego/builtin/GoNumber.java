package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;

/** Floating-point numbers in the words of Go. */
final class GoNumber {
    private static final double PLAIN_FROM = 1e-6;
    private static final double PLAIN_TO = 1e21;

    private GoNumber() {}

    /** As in JSON: plain between a millionth and 10^21. */
    static String json(double value) {
        double size = Math.abs(value);
        if (size == 0) {
            return "0";
        }
        if (size >= PLAIN_FROM && size < PLAIN_TO) {
            return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
        }
        var text = shortest(value);
        // JSON's exponents have no leading zero.
        return text.replace("e-0", "e-").replace("e+0", "e+");
    }

    /** As {@code strconv.FormatFloat(value, 'g', -1, 64)}. */
    static String shortest(double value) {
        return (value < 0 ? "-" : "") + GoFormat.general(Math.abs(value), -1, false);
    }
}
