package dev.portcullis.host.rego.builtin;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes times by a layout of Go (package time): the layout shows how the reference time,
 * Mon Jan 2 15:04:05 MST 2006, would be written.
 */
final class GoTime {
    private static final List<String> MONTHS =
            List.of(
                    "January",
                    "February",
                    "March",
                    "April",
                    "May",
                    "June",
                    "July",
                    "August",
                    "September",
                    "October",
                    "November",
                    "December");
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    /** Elements by their text in a layout; where several fit, the longest counts. */
    private static final List<String> ELEMENTS =
            List.of(
                    "January",
                    "Jan",
                    "Monday",
                    "Mon",
                    "MST",
                    "2006",
                    "_2006",
                    "__2",
                    "002",
                    "01",
                    "02",
                    "03",
                    "04",
                    "05",
                    "06",
                    "15",
                    "_2",
                    "1",
                    "2",
                    "3",
                    "4",
                    "5",
                    "PM",
                    "pm",
                    "-070000",
                    "-07:00:00",
                    "-0700",
                    "-07:00",
                    "-07",
                    "Z070000",
                    "Z07:00:00",
                    "Z0700",
                    "Z07:00",
                    "Z07");

    private static final int PIVOT = 69;

    /** A piece of a layout: an element, or text that stands for itself. */
    private record Piece(String text, boolean element) {
        boolean isFraction() {
            return element && (text.charAt(0) == '.' || text.charAt(0) == ',');
        }
    }

    private final List<Piece> pieces = new ArrayList<>();

    GoTime(String layout) {
        var plain = new StringBuilder();
        int at = 0;
        while (at < layout.length()) {
            var element = elementAt(layout, at);
            if (element == null) {
                plain.append(layout.charAt(at++));
                continue;
            }
            if (element.equals("_2006")) {
                // Go reads an underscore and a year, because of layouts such as Jan_2006.
                plain.append('_');
                element = "2006";
                at++;
            }
            if (!plain.isEmpty()) {
                pieces.add(new Piece(plain.toString(), false));
                plain.setLength(0);
            }
            pieces.add(new Piece(element, true));
            at += element.length();
        }
        if (!plain.isEmpty()) {
            pieces.add(new Piece(plain.toString(), false));
        }
    }

    private static @Nullable String elementAt(String layout, int at) {
        String longest = null;
        for (var element : ELEMENTS) {
            if (layout.startsWith(element, at)
                    && (longest == null || element.length() > longest.length())) {
                longest = element;
            }
        }
        if (longest != null) {
            boolean abbreviated = longest.equals("Jan") || longest.equals("Mon");
            return abbreviated && isLowerCase(layout, at + 3) ? null : longest;
        }
        return fractionAt(layout, at);
    }

    private static boolean isLowerCase(String text, int at) {
        return at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z';
    }

    /** A point or comma and a run of zeros or nines that no other digit follows. */
    private static @Nullable String fractionAt(String layout, int at) {
        char point = layout.charAt(at);
        if ((point != '.' && point != ',') || at + 1 >= layout.length()) {
            return null;
        }
        char digit = layout.charAt(at + 1);
        if (digit != '0' && digit != '9') {
            return null;
        }
        int end = at + 1;
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        return isDigit(layout, end) ? null : layout.substring(at, end);
    }

    private static boolean isDigit(String text, int at) {
        return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /** The time in this layout. */
    String format(ZonedDateTime time) {
        var out = new StringBuilder();
        for (var piece : pieces) {
            if (!piece.element()) {
                out.append(piece.text());
            } else if (piece.isFraction()) {
                out.append(fraction(piece.text(), time.getNano()));
            } else {
                out.append(element(piece.text(), time));
            }
        }
        return out.toString();
    }

    private static String fraction(String element, int nano) {
        int digits = element.length() - 1;
        var all = "%09d".formatted(nano);
        var shown = digits <= 9 ? all.substring(0, digits) : all + "0".repeat(digits - 9);
        if (element.charAt(1) == '9') {
            shown = shown.replaceAll("0+$", "");
            return shown.isEmpty() ? "" : element.charAt(0) + shown;
        }
        return element.charAt(0) + shown;
    }

    private static String element(String element, ZonedDateTime time) {
        int hour12 = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
        return switch (element) {
            case "January" -> MONTHS.get(time.getMonthValue() - 1);
            case "Jan" -> MONTHS.get(time.getMonthValue() - 1).substring(0, 3);
            case "Monday" -> day(time);
            case "Mon" -> day(time).substring(0, 3);
            case "MST" -> zoneName(time);
            case "2006" -> year(time.getYear());
            case "06" -> two(Math.abs(time.getYear()) % 100);
            case "01" -> two(time.getMonthValue());
            case "1" -> Integer.toString(time.getMonthValue());
            case "02" -> two(time.getDayOfMonth());
            case "_2" -> "%2d".formatted(time.getDayOfMonth());
            case "2" -> Integer.toString(time.getDayOfMonth());
            case "002" -> "%03d".formatted(time.getDayOfYear());
            case "__2" -> "%3d".formatted(time.getDayOfYear());
            case "15" -> two(time.getHour());
            case "03" -> two(hour12);
            case "3" -> Integer.toString(hour12);
            case "04" -> two(time.getMinute());
            case "4" -> Integer.toString(time.getMinute());
            case "05" -> two(time.getSecond());
            case "5" -> Integer.toString(time.getSecond());
            case "PM" -> time.getHour() < 12 ? "AM" : "PM";
            case "pm" -> time.getHour() < 12 ? "am" : "pm";
            default -> offset(element, time.getOffset());
        };
    }

    private static String day(ZonedDateTime time) {
        return time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String year(int year) {
        return (year < 0 ? "-" : "") + "%04d".formatted(Math.abs(year));
    }

    private static String two(int number) {
        return "%02d".formatted(number);
    }

    private static String zoneName(ZonedDateTime time) {
        if (time.getZone() instanceof ZoneOffset) {
            return time.getOffset().equals(ZoneOffset.UTC)
                    ? "UTC"
                    : offset("-0700", time.getOffset());
        }
        boolean summer = time.getZone().getRules().isDaylightSavings(time.toInstant());
        return TimeZone.getTimeZone(time.getZone())
                .getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
    }

    private static String offset(String element, ZoneOffset offset) {
        int seconds = offset.getTotalSeconds();
        if (element.startsWith("Z") && seconds == 0) {
            return "Z";
        }
        int size = Math.abs(seconds);
        var colon = element.contains(":") ? ":" : "";
        int digits = element.substring(1).replace(":", "").length();
        return (seconds < 0 ? "-" : "+")
                + two(size / 3600)
                + (digits >= 4 ? colon + two(size / 60 % 60) : "")
                + (digits >= 6 ? colon + two(size % 60) : "");
    }

    /**
     * The time that a text in this layout stands for; UTC where the text names no offset.
     *
     * @throws BuiltinException when the text does not fit the layout
     */
    Instant parse(String text) throws BuiltinException {
        return new Parse(text).whole();
    }

    /** One reading of a text. */
    private final class Parse {
        private final String text;
        private int at;
        private int year;
        private int month;
        private int day;
        private int yearDay;
        private int hour;
        private int minute;
        private int second;
        private int nano;
        private @Nullable Boolean afternoon;
        private int offset;

        Parse(String text) {
            this.text = text;
        }

        Instant whole() throws BuiltinException {
            for (int i = 0; i < pieces.size(); i++) {
                var piece = pieces.get(i);
                if (!piece.element()) {
                    literal(piece.text());
                } else if (piece.isFraction()) {
                    fraction(piece.text());
                } else {
                    element(piece.text());
                    boolean fractionFollows =
                            i + 1 < pieces.size() && pieces.get(i + 1).isFraction();
                    if (piece.text().endsWith("5")
                            && !piece.text().equals("15")
                            && !fractionFollows) {
                        unexpectedFraction();
                    }
                }
            }
            if (at < text.length()) {
                throw invalid("extra text");
            }
            return instant();
        }

        private Instant instant() throws BuiltinException {
            if (afternoon != null) {
                if (afternoon && hour < 12) {
                    hour += 12;
                } else if (!afternoon && hour == 12) {
                    hour = 0;
                }
            }
            try {
                if (yearDay > 0) {
                    var date = Year.of(year).atDay(yearDay);
                    if ((month > 0 && month != date.getMonthValue())
                            || (day > 0 && day != date.getDayOfMonth())) {
                        throw invalid("day-of-year does not match the date");
                    }
                    month = date.getMonthValue();
                    day = date.getDayOfMonth();
                }
                int wantedMonth = Math.max(1, month);
                int wantedDay = Math.max(1, day);
                if (wantedDay > YearMonth.of(year, wantedMonth).lengthOfMonth()) {
                    throw invalid("day out of range");
                }
                return LocalDateTime.of(year, wantedMonth, wantedDay, hour, minute, second, nano)
                        .toInstant(ZoneOffset.UTC)
                        .minusSeconds(offset);
            } catch (DateTimeException e) {
                throw invalid("out of range");
            }
        }

        private void literal(String wanted) throws BuiltinException {
            for (int i = 0; i < wanted.length(); i++) {
                // A space of the layout stands for any number of spaces.
                if (wanted.charAt(i) == ' ') {
                    if (at < text.length() && text.charAt(at) != ' ') {
                        throw invalid("expected a space");
                    }
                    while (i + 1 < wanted.length() && wanted.charAt(i + 1) == ' ') {
                        i++;
                    }
                    while (at < text.length() && text.charAt(at) == ' ') {
                        at++;
                    }
                } else if (at < text.length() && text.charAt(at) == wanted.charAt(i)) {
                    at++;
                } else {
                    throw invalid("expected \"" + wanted + "\"");
                }
            }
        }

        private void element(String element) throws BuiltinException {
            switch (element) {
                case "January" -> month = name(MONTHS, false) + 1;
                case "Jan" -> month = name(MONTHS, true) + 1;
                case "Monday" -> {
                    var _ = name(DAYS, false);
                }
                case "Mon" -> {
                    var _ = name(DAYS, true);
                }
                case "2006" -> year = number(4, 4);
                case "06" -> {
                    int short_ = number(2, 2);
                    year = short_ >= PIVOT ? 1900 + short_ : 2000 + short_;
                }
                case "01" -> month = ranged(number(2, 2), 1, 12, "month");
                case "1" -> month = ranged(number(1, 2), 1, 12, "month");
                case "02" -> day = ranged(number(2, 2), 1, 31, "day");
                case "2", "_2" -> {
                    if (element.equals("_2") && at < text.length() && text.charAt(at) == ' ') {
                        at++;
                    }
                    day = ranged(number(1, 2), 1, 31, "day");
                }
                case "002" -> yearDay = ranged(number(3, 3), 1, 366, "day-of-year");
                case "__2" -> {
                    while (at < text.length() && text.charAt(at) == ' ') {
                        at++;
                    }
                    yearDay = ranged(number(1, 3), 1, 366, "day-of-year");
                }
                case "15" -> hour = ranged(number(1, 2), 0, 23, "hour");
                case "03" -> hour = ranged(number(2, 2), 0, 12, "hour");
                case "3" -> hour = ranged(number(1, 2), 0, 12, "hour");
                case "04" -> minute = ranged(number(2, 2), 0, 59, "minute");
                case "4" -> minute = ranged(number(1, 2), 0, 59, "minute");
                case "05" -> second = ranged(number(2, 2), 0, 59, "second");
                case "5" -> second = ranged(number(1, 2), 0, 59, "second");
                case "PM", "pm" -> halfOfDay(element);
                case "MST" -> zoneName();
                default -> offset(element);
            }
        }

        private int name(List<String> names, boolean abbreviated) throws BuiltinException {
            for (int i = 0; i < names.size(); i++) {
                var name = abbreviated ? names.get(i).substring(0, 3) : names.get(i);
                if (text.regionMatches(true, at, name, 0, name.length())) {
                    at += name.length();
                    return i;
                }
            }
            throw invalid("expected a name");
        }

        private int number(int least, int most) throws BuiltinException {
            int from = at;
            while (at < from + most && isDigit(text, at)) {
                at++;
            }
            if (at - from < least) {
                throw invalid("expected " + least + " digits");
            }
            return Integer.parseInt(text.substring(from, at));
        }

        private int ranged(int number, int least, int most, String what) throws BuiltinException {
            if (number < least || number > most) {
                throw invalid(what + " out of range");
            }
            return number;
        }

        private void halfOfDay(String element) throws BuiltinException {
            boolean upper = element.equals("PM");
            if (text.startsWith(upper ? "PM" : "pm", at)) {
                afternoon = true;
            } else if (text.startsWith(upper ? "AM" : "am", at)) {
                afternoon = false;
            } else {
                throw invalid("expected AM or PM");
            }
            at += 2;
        }

        /** A fraction after the seconds is read even if the layout has none. */
        private void unexpectedFraction() {
            if (at + 1 < text.length()
                    && (text.charAt(at) == '.' || text.charAt(at) == ',')
                    && isDigit(text, at + 1)) {
                int from = ++at;
                while (isDigit(text, at)) {
                    at++;
                }
                nano = nanos(text.substring(from, at));
            }
        }

        private void fraction(String element) throws BuiltinException {
            if (element.charAt(1) == '9') {
                unexpectedFraction();
                return;
            }
            if (at >= text.length() || (text.charAt(at) != '.' && text.charAt(at) != ',')) {
                throw invalid("expected a fraction of a second");
            }
            int from = ++at;
            while (at - from < element.length() - 1 && isDigit(text, at)) {
                at++;
            }
            if (at - from < element.length() - 1) {
                throw invalid("expected a fraction of a second");
            }
            nano = nanos(text.substring(from, at));
        }

        private static int nanos(String digits) {
            var nine = digits.length() > 9 ? digits.substring(0, 9) : digits;
            return Integer.parseInt(nine + "0".repeat(9 - nine.length()));
        }

        private void offset(String element) throws BuiltinException {
            if (element.startsWith("Z") && text.startsWith("Z", at)) {
                at++;
                return;
            }
            if (at >= text.length() || (text.charAt(at) != '+' && text.charAt(at) != '-')) {
                throw invalid("expected an offset");
            }
            int sign = text.charAt(at++) == '-' ? -1 : 1;
            boolean colon = element.contains(":");
            int digits = element.substring(1).replace(":", "").length();
            int hours = ranged(number(2, 2), 0, 24, "time zone offset hour");
            int minutes = digits >= 4 ? sixtieth(colon) : 0;
            int seconds = digits >= 6 ? sixtieth(colon) : 0;
            offset = sign * (hours * 3600 + minutes * 60 + seconds);
        }

        private int sixtieth(boolean colon) throws BuiltinException {
            if (colon) {
                literal(":");
            }
            return ranged(number(2, 2), 0, 59, "time zone offset minute");
        }

        /** Names say nothing of their offset, so Go takes the time for UTC; {@code GMT+1} too. */
        private void zoneName() throws BuiltinException {
            if (text.startsWith("UTC", at)) {
                at += 3;
                return;
            }
            if (text.startsWith("GMT", at)) {
                at += 3;
                boolean signed =
                        at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-');
                if (signed && isDigit(text, at + 1)) {
                    at++;
                    ranged(number(1, 2), 0, 23, "time zone offset");
                }
                return;
            }
            for (var mixed : List.of("ChST", "MeST")) {
                if (text.startsWith(mixed, at)) {
                    at += mixed.length();
                    return;
                }
            }
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
                ranged(number(2, 2), 0, 23, "time zone offset");
                return;
            }
            int from = at;
            while (at < text.length() && text.charAt(at) >= 'A' && text.charAt(at) <= 'Z') {
                at++;
            }
            int length = at - from;
            boolean known =
                    switch (length) {
                        case 3 -> true;
                        case 4 -> text.startsWith("T", from + 3) || text.startsWith("WITA", from);
                        case 5 -> text.startsWith("T", from + 4);
                        default -> false;
                    };
            if (!known) {
                throw invalid("expected the name of a time zone");
            }
        }

        private BuiltinException invalid(String why) {
            return new BuiltinException(
                    "cannot parse " + GoText.quoted(text, '"', false) + " as a time: " + why);
        }
    }
}
