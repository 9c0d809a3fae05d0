package dev.portcullis.gateway.option;

import java.net.Inet6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** The value of each flag: from the command line, else from the environment, else the default. */
final class Values {
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Duration LONGEST = Duration.ofDays(365);

    private final ParseResult parsed;
    private final Map<String, String> environment;

    Values(ParseResult parsed, Map<String, String> environment) {
        this.parsed = parsed;
        this.environment = environment;
        for (Flag flag : Flag.values()) {
            if (flag.valueLabel() == null) {
                checkVariable(flag);
            }
        }
    }

    /** Only {@code true} and {@code false} switch: {@code 1} or {@code yes} may be a mistake. */
    private void checkVariable(Flag flag) {
        String text = environment.get(flag.variable());
        boolean literal = "true".equals(text) || "false".equals(text);
        if (text != null && !literal && flag != Flag.LOG_NO_COLOR) {
            throw new InvalidOptionException(
                    flag.variable() + " must be true or false, not '" + text + "'");
        }
    }

    boolean isOn(Flag flag) {
        if (parsed.hasMatchedOption(flag.option())) {
            return true;
        }
        String text = environment.get(flag.variable());
        return flag == Flag.LOG_NO_COLOR ? text != null : "true".equals(text);
    }

    /** Whether someone gave a value, or switched the flag on. */
    boolean isSet(Flag flag) {
        return flag.valueLabel() == null
                ? isOn(flag)
                : parsed.hasMatchedOption(flag.option())
                        || environment.containsKey(flag.variable());
    }

    /** The flag's name, and the variable when the value came from there. */
    String sourceOf(Flag flag) {
        return parsed.hasMatchedOption(flag.option()) || !environment.containsKey(flag.variable())
                ? flag.option()
                : flag.option() + " (set by " + flag.variable() + ")";
    }

    @Nullable String text(Flag flag) {
        String given = parsed.matchedOptionValue(flag.option(), (String) null);
        if (given != null) {
            return given;
        }
        String text = environment.get(flag.variable());
        return text == null ? flag.fallback() : text;
    }

    private String required(Flag flag) {
        return Objects.requireNonNull(text(flag), flag.option());
    }

    int number(Flag flag, int least, int most) {
        String text = required(flag);
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as for a number out of range.
        }
        throw new InvalidOptionException(
                "%s must be a number from %d to %d, not '%s'"
                        .formatted(sourceOf(flag), least, most, text));
    }

    int port(Flag flag) {
        return number(flag, 0, 65_535);
    }

    Duration seconds(Flag flag) {
        String text = required(flag);
        try {
            long seconds = Long.parseUnsignedLong(text);
            return seconds < 0 || seconds > LONGEST.toSeconds()
                    ? LONGEST
                    : Duration.ofSeconds(seconds);
        } catch (NumberFormatException e) {
            throw new InvalidOptionException(
                    sourceOf(flag) + " must be a whole number of seconds, not '" + text + "'");
        }
    }

    ByteSize size(Flag flag) {
        String text = required(flag);
        try {
            return ByteSize.of(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidOptionException(
                    sourceOf(flag) + " is '" + text + "': " + e.getMessage());
        }
    }

    <E extends Enum<E>> E choice(Flag flag, Class<E> type) {
        String text = required(flag);
        for (E constant : type.getEnumConstants()) {
            if (nameOf(constant).equals(text)) {
                return constant;
            }
        }
        String choices =
                Arrays.stream(type.getEnumConstants())
                        .map(Values::nameOf)
                        .collect(Collectors.joining(", "));
        throw new InvalidOptionException(
                sourceOf(flag) + " must be one of " + choices + ", not '" + text + "'");
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Nullable Path path(Flag flag) {
        String text = text(flag);
        return text == null ? null : GatewayCommand.pathOf(sourceOf(flag), text);
    }

    Path requiredPath(Flag flag) {
        return GatewayCommand.pathOf(sourceOf(flag), required(flag));
    }

    List<Path> paths(Flag flag) {
        String text = text(flag);
        return text == null
                ? List.of()
                : Arrays.stream(text.split(",", -1))
                        .map(each -> GatewayCommand.pathOf(sourceOf(flag), each.strip()))
                        .toList();
    }

    /** The IP address to bind, without brackets; host names are not looked up. */
    String address() {
        String text = required(Flag.ADDR);
        if (IPV4.matcher(text).matches()) {
            return text;
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            String literal = text.substring(1, text.length() - 1);
            try {
                Inet6Address.ofLiteral(literal);
                return literal;
            } catch (IllegalArgumentException e) {
                // Said below, in the same words as for everything that is no address.
            }
        }
        throw new InvalidOptionException(
                "%s must be an IP address such as 0.0.0.0 or [::], not '%s'"
                        .formatted(sourceOf(Flag.ADDR), text));
    }
}
