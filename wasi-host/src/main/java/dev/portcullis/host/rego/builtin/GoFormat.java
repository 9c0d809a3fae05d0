package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Formats as Go's {@code fmt.Sprintf} does, for the types that OPA hands to it: {@link Long} and
 * {@link BigInteger} for whole numbers, {@link Double} for other numbers, {@link String} for
 * everything else.
 */
final class GoFormat {
    /** The bound that Go sets to widths and precisions. */
    private static final int WIDEST = 1_000_000;

    private static final int NONE = -1;
    private static final int DEFAULT_PRECISION = 6;
    private static final int SHORTEST_DIGITS = 17;

    private final String format;
    private final List<?> arguments;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int argument;
    private boolean reordered;
    private boolean goodIndex;
    private boolean afterIndex;

    private boolean plus;
    private boolean minus;
    private boolean sharp;
    private boolean space;
    private boolean zero;
    private int width;
    private int precision;

    private GoFormat(String format, List<?> arguments) {
        this.format = format;
        this.arguments = arguments;
    }

    /** The formatted text; what Go answers for mistakes in the format stands in it. */
    static String format(String format, List<?> arguments) throws BuiltinException {
        return new GoFormat(format, arguments).whole();
    }

    private String whole() throws BuiltinException {
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                out.append(format, at, format.length());
                break;
            }
            out.append(format, at, percent);
            at = percent + 1;
            directive();
            Bounds.checkLength(out.length());
        }
        if (!reordered && argument < arguments.size()) {
            out.append("%!(EXTRA ");
            for (int i = argument; i < arguments.size(); i++) {
                if (i > argument) {
                    out.append(", ");
                }
                out.append(typeOf(arguments.get(i))).append('=');
                clearFlags();
                formatArgument(arguments.get(i), 'v');
            }
            out.append(')');
        }
        return out.toString();
    }

    private void clearFlags() {
        plus = false;
        minus = false;
        sharp = false;
        space = false;
        zero = false;
        width = NONE;
        precision = NONE;
    }

    private void directive() throws BuiltinException {
        clearFlags();
        goodIndex = true;
        afterIndex = false;
        flags();
        index();
        readWidth();
        readPrecision();
        if (!afterIndex) {
            index();
        }
        if (at >= format.length()) {
            out.append("%!(NOVERB)");
            return;
        }
        int verb = format.codePointAt(at);
        at += Character.charCount(verb);
        if (verb == '%') {
            out.append('%');
        } else if (!goodIndex) {
            bad(verb, "(BADINDEX)");
        } else if (argument >= arguments.size()) {
            bad(verb, "(MISSING)");
        } else {
            formatArgument(arguments.get(argument++), verb);
        }
    }

    private void bad(int verb, String what) {
        out.append("%!").appendCodePoint(verb).append(what);
    }

    private void flags() {
        for (; at < format.length(); at++) {
            switch (format.charAt(at)) {
                case '#' -> sharp = true;
                case '0' -> zero = true;
                case '+' -> plus = true;
                case '-' -> minus = true;
                case ' ' -> space = true;
                default -> {
                    return;
                }
            }
        }
    }

    /** {@code [n]}, the number of the argument to use next. */
    private void index() {
        afterIndex = false;
        if (at >= format.length() || format.charAt(at) != '[') {
            return;
        }
        reordered = true;
        int close = format.indexOf(']', at);
        if (close < 0) {
            goodIndex = false;
            at++;
            return;
        }
        var inside = format.substring(at + 1, close);
        at = close + 1;
        int number = wholeNumber(inside);
        if (number < 1 || number > arguments.size()) {
            goodIndex = false;
            return;
        }
        argument = number - 1;
        afterIndex = true;
    }

    private static int wholeNumber(String digits) {
        if (digits.isEmpty() || digits.length() > 7) {
            return NONE;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) < '0' || digits.charAt(i) > '9') {
                return NONE;
            }
        }
        int number = Integer.parseInt(digits);
        return number > WIDEST ? NONE : number;
    }

    private void readWidth() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            Integer given = intArgument();
            if (given == null) {
                out.append("%!(BADWIDTH)");
            } else if (given < 0) {
                width = -given;
                minus = true;
                zero = false;
            } else {
                width = given;
            }
            afterIndex = false;
            return;
        }
        int from = at;
        digits();
        if (at > from) {
            width = wholeNumber(format.substring(from, at));
            if (afterIndex) {
                goodIndex = false;
            }
        }
    }

    private void readPrecision() {
        if (at >= format.length() || format.charAt(at) != '.') {
            return;
        }
        at++;
        if (afterIndex) {
            goodIndex = false;
        }
        index();
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            Integer given = intArgument();
            if (given == null) {
                out.append("%!(BADPREC)");
            } else if (given >= 0) {
                precision = given;
            } else {
                out.append("%!(BADPREC)");
            }
            afterIndex = false;
            return;
        }
        int from = at;
        digits();
        precision = at == from ? 0 : wholeNumber(format.substring(from, at));
    }

    private void digits() {
        while (at < format.length() && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
            at++;
        }
    }

    private @Nullable Integer intArgument() {
        if (argument >= arguments.size()) {
            return null;
        }
        return arguments.get(argument++) instanceof Long number && Math.abs(number) <= WIDEST
                ? number.intValue()
                : null;
    }

    private static String typeOf(Object argument) {
        return switch (argument) {
            case Long _ -> "int64";
            case Double _ -> "float64";
            case BigInteger _ -> "*big.Int";
            default -> "string";
        };
    }

    private void formatArgument(Object value, int verb) throws BuiltinException {
        Bounds.checkLength(out.length());
        if (verb == 'T') {
            pad(limited(typeOf(value)));
            return;
        }
        boolean known =
                switch (value) {
                    case Long number -> whole(BigInteger.valueOf(number), verb, true);
                    case BigInteger number -> whole(number, verb, false);
                    case Double number -> fraction(number, verb);
                    default -> text(value.toString(), verb);
                };
        if (!known) {
            out.append("%!").appendCodePoint(verb).append('(').append(typeOf(value)).append('=');
            formatArgument(value, 'v');
            out.append(')');
        }
    }

    private String limited(String text) {
        return precision >= 0 && precision < text.codePointCount(0, text.length())
                ? text.substring(0, text.offsetByCodePoints(0, precision))
                : text;
    }

    private void pad(String text) {
        pad(text, zero && !minus);
    }

    private void pad(String text, boolean withZeros) {
        int missing = width - text.codePointCount(0, text.length());
        if (missing <= 0) {
            out.append(text);
        } else if (minus) {
            out.append(text).repeat(" ", missing);
        } else {
            out.repeat(withZeros ? "0" : " ", missing).append(text);
        }
    }

    private boolean text(String text, int verb) {
        switch (verb) {
            case 'v' -> {
                if (sharp) {
                    pad(GoText.quoted(text, '"', false));
                } else {
                    pad(limited(text));
                }
            }
            case 's' -> pad(limited(text));
            case 'q' -> {
                var shown = limited(text);
                pad(
                        sharp && GoText.canBackQuote(shown)
                                ? "`" + shown + "`"
                                : GoText.quoted(shown, '"', plus));
            }
            case 'x', 'X' -> hexadecimal(text, verb == 'X');
            default -> {
                return false;
            }
        }
        return true;
    }

    private void hexadecimal(String text, boolean upper) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = precision >= 0 ? Math.min(precision, bytes.length) : bytes.length;
        var hex = upper ? HexFormat.of().withUpperCase() : HexFormat.of();
        var prefix = upper ? "0X" : "0x";
        if (space) {
            hex = hex.withDelimiter(" ").withPrefix(sharp ? prefix : "");
        }
        var shown = hex.formatHex(bytes, 0, length);
        pad(sharp && !space && length > 0 ? prefix + shown : shown, zero && !minus);
    }

    private boolean whole(BigInteger number, int verb, boolean small) {
        switch (verb) {
            case 'v' -> integer(number, 10, "", false, small);
            case 'd' -> integer(number, 10, "", false, small);
            case 's' -> {
                if (small) {
                    return false;
                }
                integer(number, 10, "", false, false);
            }
            case 'b' -> integer(number, 2, sharp ? "0b" : "", false, small);
            case 'o' -> integer(number, 8, sharp ? "0" : "", false, small);
            case 'O' -> integer(number, 8, "0o", false, small);
            case 'x' -> integer(number, 16, sharp ? "0x" : "", false, small);
            case 'X' -> integer(number, 16, sharp ? "0X" : "", true, small);
            case 'c', 'q', 'U' -> {
                if (!small) {
                    return false;
                }
                character(number.longValue(), verb);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void integer(BigInteger number, int base, String prefix, boolean upper, boolean small) {
        boolean negative = number.signum() < 0;
        var digits = number.abs().toString(base);
        if (upper) {
            digits = digits.toUpperCase(Locale.ROOT);
        }
        if (precision == 0 && number.signum() == 0) {
            // Go writes nothing but the padding, and no sign.
            if (width > 0) {
                out.repeat(" ", width);
            }
            return;
        }
        var sign = negative ? "-" : plus ? "+" : space ? " " : "";
        int least = precision;
        if (precision < 0 && zero && !minus && width > 0) {
            least = small ? width - sign.length() : width - sign.length() - prefix.length();
        }
        if (digits.length() < least) {
            digits = "0".repeat(least - digits.length()) + digits;
        }
        if (small && base == 8 && prefix.equals("0") && digits.startsWith("0")) {
            prefix = "";
        }
        pad(sign + prefix + digits, false);
    }

    private void character(long code, int verb) {
        int c =
                code < 0 || code > Character.MAX_CODE_POINT || (code >= 0xD800 && code <= 0xDFFF)
                        ? 0xFFFD
                        : (int) code;
        switch (verb) {
            case 'c' -> pad(Character.toString(c));
            case 'q' -> pad(GoText.quoted(Character.toString(c), '\'', plus));
            default -> {
                var digits = Long.toHexString(code).toUpperCase(Locale.ROOT);
                int least = Math.max(4, precision);
                var shown = "U+" + "0".repeat(Math.max(0, least - digits.length())) + digits;
                if (sharp
                        && code >= 0
                        && code <= Character.MAX_CODE_POINT
                        && GoText.isPrintable(c)) {
                    shown += " '" + Character.toString(c) + "'";
                }
                pad(shown, false);
            }
        }
    }

    private boolean fraction(double number, int verb) {
        int digits = precision;
        boolean upper = verb == 'E' || verb == 'G';
        String shown;
        switch (verb) {
            case 'v', 'g', 'G' -> shown = general(Math.abs(number), digits, sharp);
            case 'e', 'E' ->
                    shown = exponential(Math.abs(number), digits < 0 ? DEFAULT_PRECISION : digits);
            case 'f', 'F' ->
                    shown = fixed(Math.abs(number), digits < 0 ? DEFAULT_PRECISION : digits);
            default -> {
                return false;
            }
        }
        boolean negative = number < 0 || (number == 0 && 1 / number < 0);
        var sign = negative ? "-" : plus ? "+" : space ? " " : "";
        shown = upper ? shown.toUpperCase(Locale.ROOT) : shown;
        if (zero && !minus && width > sign.length() + shown.length()) {
            shown = "0".repeat(width - sign.length() - shown.length()) + shown;
        }
        pad(sign + shown, false);
        return true;
    }

    private String fixed(double number, int digits) {
        var text = new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        return sharp && digits == 0 ? text + "." : text;
    }

    private String exponential(double number, int digits) {
        return exponential(new BigDecimal(number), digits, digits + 1, sharp);
    }

    /** Rounds to some digits and shows one before the point. */
    private static String exponential(BigDecimal number, int shownDigits, int kept, boolean sharp) {
        var rounded = number.round(new MathContext(kept, RoundingMode.HALF_EVEN));
        var digits = rounded.unscaledValue().toString();
        int exponent = rounded.signum() == 0 ? 0 : digits.length() - 1 - rounded.scale();
        var padded = digits + "0".repeat(Math.max(0, shownDigits + 1 - digits.length()));
        var mantissa = padded.substring(0, 1);
        if (shownDigits > 0) {
            mantissa += "." + padded.substring(1, shownDigits + 1);
        } else if (sharp) {
            mantissa += ".";
        }
        return mantissa
                + "e"
                + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    /** The shorter of both notations; without a precision, as many digits as tell the number. */
    static String general(double number, int precision, boolean sharp) {
        boolean shortest = precision < 0;
        var decimal = shortest ? new BigDecimal(Double.toString(number)) : new BigDecimal(number);
        int kept = shortest ? SHORTEST_DIGITS : Math.max(1, precision);
        var rounded =
                decimal.round(new MathContext(kept, RoundingMode.HALF_EVEN)).stripTrailingZeros();
        if (rounded.signum() == 0) {
            return "0";
        }
        int digits = rounded.precision();
        int exponent = digits - 1 - rounded.scale();
        int bound = shortest ? DEFAULT_PRECISION : kept;
        if (!shortest && bound > digits && digits > exponent) {
            bound = digits;
        }
        return exponent < -4 || exponent >= bound
                ? exponential(rounded, digits - 1, digits, sharp)
                : rounded.toPlainString();
    }
}
