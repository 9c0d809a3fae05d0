package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import org.semver4j.Semver;

/** Builtins on numbers, quantities and versions. */
final class NumberBuiltins {
    static final Map<String, Builtin> ALL =
            Map.of(
                    "numbers.range", new Builtin(2, (a, _) -> range(a, BigInteger.ONE)),
                    "numbers.range_step", new Builtin(3, (a, _) -> range(a, a.integer(2))),
                    "rand.intn", new Builtin(2, NumberBuiltins::random),
                    "units.parse", new Builtin(1, (a, _) -> parseUnits(a)),
                    "units.parse_bytes", new Builtin(1, (a, _) -> parseBytes(a)),
                    "semver.is_valid", new Builtin(1, (a, _) -> isVersion(a)),
                    "semver.compare", new Builtin(2, (a, _) -> compareVersions(a)));

    private static final int MOST_EXPONENT_DIGITS = 6;
    private static final int FRACTION_DIGITS = 10;

    /** The binary prefixes and the decimal ones, in rising order. */
    private static final String PREFIXES = "kmgtpe";

    private NumberBuiltins() {}

    private static Term range(Arguments arguments, BigInteger step) throws BuiltinException {
        var from = arguments.integer(0);
        var to = arguments.integer(1);
        if (step.signum() <= 0) {
            throw new BuiltinException("step must be a positive integer");
        }
        var size = to.subtract(from).abs().divide(step);
        Bounds.checkCount(size.bitLength() < Integer.SIZE ? size.longValue() : Long.MAX_VALUE);
        var numbers = new ArrayList<Term>();
        int direction = Integer.signum(to.compareTo(from));
        var signed = direction < 0 ? step.negate() : step;
        for (var n = from; Integer.signum(to.compareTo(n)) * direction >= 0; n = n.add(signed)) {
            Bounds.checkCount(numbers.size());
            numbers.add(Term.Numeral.of(n));
            if (direction == 0) {
                break;
            }
        }
        return new Term.Array(numbers);
    }

    private static Term random(Arguments arguments, Query query) throws BuiltinException {
        var name = arguments.text(0);
        long bound = arguments.wholeNumber(1);
        if (bound == Long.MIN_VALUE) {
            throw new BuiltinException("operand 2 is too large: " + bound);
        }
        return bound == 0
                ? Term.Numeral.of(0)
                : query.drawn(
                        "rand.intn " + name + " " + Math.abs(bound),
                        random -> Term.Numeral.of(random.nextLong(Math.abs(bound))));
    }

    /** Kubernetes quantities and the like; {@code m} is a thousandth, {@code M} a million. */
    private static Term parseUnits(Arguments arguments) throws BuiltinException {
        var quantity = Quantity.read(arguments.text(0).replace("\"", ""));
        var unit = quantity.unit();
        if (unit.length() > 1) {
            unit = unit.charAt(0) + unit.substring(1).toLowerCase(Locale.ROOT);
        }
        BigDecimal factor =
                switch (unit) {
                    case "m" -> new BigDecimal("0.001");
                    case "k", "K", "M", "g", "G", "t", "T", "p", "P", "e", "E" -> thousands(unit);
                    case "ki", "Ki", "mi", "Mi", "gi", "Gi", "ti", "Ti", "pi", "Pi", "ei", "Ei" ->
                            binary(unit);
                    case "" -> BigDecimal.ONE;
                    default -> throw new BuiltinException("unit " + unit + " not recognized");
                };
        var value = quantity.amount().multiply(factor);
        var whole = value.stripTrailingZeros();
        return new Term.Numeral(
                whole.scale() <= 0
                        ? whole.toPlainString()
                        : value.setScale(FRACTION_DIGITS, RoundingMode.HALF_UP).toPlainString());
    }

    private static Term parseBytes(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0).toLowerCase(Locale.ROOT).replace("\"", "");
        var quantity = Quantity.read(text);
        var unit = quantity.unit();
        if (unit.endsWith("b")) {
            unit = unit.substring(0, unit.length() - 1);
            if (unit.isEmpty()) {
                throw new BuiltinException("byte unit b not recognized");
            }
        }
        boolean isBinary = unit.length() == 2 && unit.endsWith("i");
        if (!unit.isEmpty()
                && (unit.length() > 2
                        || (unit.length() == 2 && !isBinary)
                        || PREFIXES.indexOf(unit.charAt(0)) < 0)) {
            throw new BuiltinException("byte unit " + quantity.unit() + " not recognized");
        }
        var factor = unit.isEmpty() ? BigDecimal.ONE : isBinary ? binary(unit) : thousands(unit);
        return Term.Numeral.of(quantity.amount().multiply(factor).toBigInteger());
    }

    private static BigDecimal thousands(String unit) {
        return BigDecimal.valueOf(1_000).pow(power(unit));
    }

    private static BigDecimal binary(String unit) {
        return BigDecimal.valueOf(1_024).pow(power(unit));
    }

    private static int power(String unit) {
        return PREFIXES.indexOf(Character.toLowerCase(unit.charAt(0))) + 1;
    }

    /** A number, perhaps with an exponent, and the unit that follows it at once. */
    private record Quantity(BigDecimal amount, String unit) {
        static Quantity read(String text) throws BuiltinException {
            if (text.contains(" ")) {
                throw new BuiltinException("spaces not allowed in resource strings");
            }
            int end = 0;
            while (end < text.length() && partOfNumber(text, end)) {
                char c = text.charAt(end);
                end++;
                if (c == 'e' || c == 'E') {
                    if (text.charAt(end) == '+' || text.charAt(end) == '-') {
                        end++;
                    }
                    int digits = end;
                    while (end < text.length() && isDigit(text, end)) {
                        end++;
                    }
                    if (end - digits > MOST_EXPONENT_DIGITS) {
                        throw new BuiltinException("exponent too large");
                    }
                }
            }
            var number = text.substring(0, end);
            if (number.isEmpty()) {
                throw new BuiltinException("no amount provided");
            }
            try {
                var amount = new BigDecimal(number);
                if (new Term.Numeral(number).isHuge()) {
                    throw new BuiltinException("exponent too large");
                }
                return new Quantity(amount, text.substring(end));
            } catch (NumberFormatException e) {
                throw new BuiltinException("could not parse amount to a number");
            }
        }

        private static boolean partOfNumber(String text, int at) {
            return switch (text.charAt(at)) {
                case '.', '+', '-' -> true;
                case 'e', 'E' ->
                        isDigit(text, at + 1)
                                || text.startsWith("+", at + 1)
                                || text.startsWith("-", at + 1);
                default -> isDigit(text, at);
            };
        }

        private static boolean isDigit(String text, int at) {
            return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }
    }

    private static Term isVersion(Arguments arguments) {
        return new Term.Truth(
                arguments.term(0) instanceof Term.Text(var text) && isStrict(plain(text)));
    }

    private static Term compareVersions(Arguments arguments) throws BuiltinException {
        return Term.Numeral.of(
                Integer.signum(version(arguments, 0).compareTo(version(arguments, 1))));
    }

    private static Semver version(Arguments arguments, int index) throws BuiltinException {
        var text = arguments.text(index);
        var version = Semver.parse(plain(text));
        if (version == null || !isStrict(plain(text))) {
            throw new BuiltinException(
                    "operand " + (index + 1) + ": string " + text + " is not a valid SemVer");
        }
        return version.withClearedBuild();
    }

    /** The library forgives blanks at both ends. */
    private static boolean isStrict(String version) {
        return version.equals(version.strip()) && Semver.isValid(version);
    }

    private static String plain(String version) {
        return version.startsWith("v") ? version.substring(1) : version;
    }
}
