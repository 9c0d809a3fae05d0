package dev.portcullis.host.rego.builtin;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Builtins on time; a time is a whole number of nanoseconds since 1970. */
final class TimeBuiltins {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    static final Map<String, Builtin> ALL =
            Map.ofEntries(
                    Map.entry("time.now_ns", new Builtin(0, (_, q) -> nanos(q.now()))),
                    Map.entry("time.parse_rfc3339_ns", parse("2006-01-02T15:04:05Z07:00")),
                    // The reference offers these two without their prefix only.
                    Map.entry("parse_rfc3339_ns", parse("2006-01-02T15:04:05Z07:00")),
                    Map.entry("date", new Builtin(1, (a, _) -> date(a))),
                    Map.entry("time.date", new Builtin(1, (a, _) -> date(a))),
                    Map.entry("time.parse_ns", new Builtin(2, (a, _) -> parse(a))),
                    Map.entry("time.parse_duration_ns", new Builtin(1, (a, _) -> duration(a))),
                    Map.entry("time.format", new Builtin(1, (a, _) -> format(a))),
                    Map.entry("time.clock", new Builtin(1, (a, _) -> clock(a))),
                    Map.entry("time.weekday", new Builtin(1, (a, _) -> weekday(a))),
                    Map.entry("time.add_date", new Builtin(4, (a, _) -> addDate(a))),
                    Map.entry("time.diff", new Builtin(2, (a, _) -> difference(a))));

    private static final Map<String, String> LAYOUTS =
            Map.of(
                    "ANSIC", "Mon Jan _2 15:04:05 2006",
                    "UnixDate", "Mon Jan _2 15:04:05 MST 2006",
                    "RubyDate", "Mon Jan 02 15:04:05 -0700 2006",
                    "RFC822", "02 Jan 06 15:04 MST",
                    "RFC822Z", "02 Jan 06 15:04 -0700",
                    "RFC850", "Monday, 02-Jan-06 15:04:05 MST",
                    "RFC1123", "Mon, 02 Jan 2006 15:04:05 MST",
                    "RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700",
                    "RFC3339", "2006-01-02T15:04:05Z07:00",
                    "RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00");

    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();
    private static final Map<String, String> OLD_ZONES =
            Map.of("EST", "-05:00", "MST", "-07:00", "HST", "-10:00");

    private TimeBuiltins() {}

    private static Term nanos(Instant instant) throws BuiltinException {
        try {
            return Term.Numeral.of(
                    Math.addExact(
                            Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND),
                            instant.getNano()));
        } catch (ArithmeticException e) {
            throw new BuiltinException("time outside of valid range");
        }
    }

    private static Builtin parse(String layout) {
        return new Builtin(1, (a, _) -> nanos(new GoTime(layout).parse(a.text(0))));
    }

    private static Term parse(Arguments arguments) throws BuiltinException {
        return nanos(new GoTime(layout(arguments.text(0))).parse(arguments.text(1)));
    }

    private static String layout(String nameOrLayout) {
        return LAYOUTS.getOrDefault(nameOrLayout, nameOrLayout);
    }

    /** A time, {@code [time, zone]} or {@code [time, zone, layout]}. */
    private record Moment(ZonedDateTime time, String layout) {
        static Moment of(Arguments arguments, int index) throws BuiltinException {
            if (arguments.term(index) instanceof Term.Numeral number) {
                return new Moment(time(number, ZoneOffset.UTC, index), "");
            }
            if (!(arguments.term(index) instanceof Term.Array(var items)) || items.isEmpty()) {
                throw Arguments.wrongType(
                        index,
                        "either number (ns) or [number (ns), string (tz)]",
                        arguments.term(index));
            }
            var parts = new Arguments(items);
            return new Moment(
                    time(
                            parts.number(0),
                            items.size() > 1 ? zone(parts.text(1)) : ZoneOffset.UTC,
                            index),
                    items.size() > 2 ? parts.text(2) : "");
        }

        private static ZonedDateTime time(Term.Numeral number, ZoneId zone, int index)
                throws BuiltinException {
            var whole = Arguments.integer(number, index);
            if (whole.bitLength() >= Long.SIZE) {
                throw new BuiltinException("timestamp too big");
            }
            long nanos = whole.longValueExact();
            return Instant.ofEpochSecond(
                            Math.floorDiv(nanos, NANOS_PER_SECOND),
                            Math.floorMod(nanos, NANOS_PER_SECOND))
                    .atZone(zone);
        }

        private static ZoneId zone(String name) throws BuiltinException {
            if (name.isEmpty() || name.equals("UTC")) {
                return ZoneOffset.UTC;
            }
            if (name.equals("Local")) {
                return ZoneId.systemDefault();
            }
            if (OLD_ZONES.containsKey(name)) {
                return ZoneId.of(OLD_ZONES.getOrDefault(name, name));
            }
            if (!ZONES.contains(name)) {
                throw new BuiltinException("unknown time zone " + name);
            }
            return ZoneId.of(name);
        }
    }

    private static Term numbers(long... values) {
        return new Term.Array(Arrays.stream(values).<Term>mapToObj(Term.Numeral::of).toList());
    }

    private static Term date(Arguments arguments) throws BuiltinException {
        var time = Moment.of(arguments, 0).time();
        return numbers(time.getYear(), time.getMonthValue(), time.getDayOfMonth());
    }

    private static Term clock(Arguments arguments) throws BuiltinException {
        var time = Moment.of(arguments, 0).time();
        return numbers(time.getHour(), time.getMinute(), time.getSecond());
    }

    private static Term weekday(Arguments arguments) throws BuiltinException {
        var time = Moment.of(arguments, 0).time();
        return new Term.Text(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
    }

    private static Term format(Arguments arguments) throws BuiltinException {
        var moment = Moment.of(arguments, 0);
        var layout = moment.layout().isEmpty() ? "RFC3339Nano" : moment.layout();
        return new Term.Text(new GoTime(layout(layout)).format(moment.time()));
    }

    /** Counts over the ends of months: a month after 31 January is 3 March, or the 2nd. */
    private static Term addDate(Arguments arguments) throws BuiltinException {
        var time = Moment.of(arguments, 0).time();
        try {
            var date =
                    LocalDate.of(
                                    Math.toIntExact(
                                            Math.addExact(
                                                    time.getYear(), arguments.wholeNumber(1))),
                                    time.getMonthValue(),
                                    1)
                            .plusMonths(arguments.wholeNumber(2))
                            .plusDays(time.getDayOfMonth() - 1)
                            .plusDays(arguments.wholeNumber(3));
            return nanos(ZonedDateTime.of(date, time.toLocalTime(), time.getZone()).toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            throw new BuiltinException("time outside of valid range");
        }
    }

    /** Years, months, days, hours, minutes and seconds from the earlier time to the later one. */
    private static Term difference(Arguments arguments) throws BuiltinException {
        var first = Moment.of(arguments, 0).time();
        var second = Moment.of(arguments, 1).time().withZoneSameInstant(first.getZone());
        var from = first.isAfter(second) ? second : first;
        var to = first.isAfter(second) ? first : second;
        long years = to.getYear() - (long) from.getYear();
        long months = to.getMonthValue() - (long) from.getMonthValue();
        long days = to.getDayOfMonth() - (long) from.getDayOfMonth();
        long hours = to.getHour() - (long) from.getHour();
        long minutes = to.getMinute() - (long) from.getMinute();
        long seconds = to.getSecond() - (long) from.getSecond();
        if (seconds < 0) {
            seconds += 60;
            minutes--;
        }
        if (minutes < 0) {
            minutes += 60;
            hours--;
        }
        if (hours < 0) {
            hours += 24;
            days--;
        }
        if (days < 0) {
            days += from.toLocalDate().lengthOfMonth();
            months--;
        }
        if (months < 0) {
            months += 12;
            years--;
        }
        return numbers(years, months, days, hours, minutes, seconds);
    }

    /** Go's durations, and days, weeks and years of 24, 168 and 8,760 hours. */
    private static Term duration(Arguments arguments) throws BuiltinException {
        var text = arguments.text(0);
        var rest = text;
        boolean negative = rest.startsWith("-");
        if (negative || rest.startsWith("+")) {
            rest = rest.substring(1);
        }
        if (rest.equals("0")) {
            return Term.Numeral.of(0);
        }
        var total = BigDecimal.ZERO;
        int at = 0;
        while (at < rest.length()) {
            int number = at;
            while (at < rest.length() && ".0123456789".indexOf(rest.charAt(at)) >= 0) {
                at++;
            }
            int unit = at;
            while (at < rest.length() && ".0123456789".indexOf(rest.charAt(at)) < 0) {
                at++;
            }
            total = total.add(part(rest.substring(number, unit), rest.substring(unit, at), text));
        }
        if (rest.isEmpty()) {
            throw invalid(text);
        }
        var nanos = (negative ? total.negate() : total).toBigInteger();
        if (nanos.bitLength() >= Long.SIZE) {
            throw invalid(text);
        }
        return Term.Numeral.of(nanos);
    }

    private static BigDecimal part(String number, String unit, String whole)
            throws BuiltinException {
        long nanos =
                switch (unit) {
                    case "ns" -> 1L;
                    case "us", "\u00b5s", "\u03bcs" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> NANOS_PER_SECOND;
                    case "m" -> 60 * NANOS_PER_SECOND;
                    case "h" -> 3_600 * NANOS_PER_SECOND;
                    case "d" -> 24 * 3_600 * NANOS_PER_SECOND;
                    case "w" -> 7 * 24 * 3_600 * NANOS_PER_SECOND;
                    case "y" -> 365 * 24 * 3_600 * NANOS_PER_SECOND;
                    default -> throw invalid(whole);
                };
        if (number.length() > 40) {
            throw invalid(whole);
        }
        try {
            return new BigDecimal(number)
                    .multiply(BigDecimal.valueOf(nanos))
                    .setScale(0, RoundingMode.DOWN);
        } catch (NumberFormatException e) {
            throw invalid(whole);
        }
    }

    private static BuiltinException invalid(String text) {
        return new BuiltinException("time: invalid duration " + GoText.quoted(text, '"', false));
    }
}
