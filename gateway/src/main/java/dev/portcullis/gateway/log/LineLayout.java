package dev.portcullis.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * One line of text per event: {@code <time> LEVEL span{field=value}:inner{…}: target: message
 * key=value} (§21).
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final boolean colour;

    LineLayout(boolean colour) {
        this.colour = colour;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(TIME.format(timeOf(event))).append(' ');
        appendLevel(line, event);
        line.append(' ');
        appendSpans(line, SpanPart.of(event));
        line.append(event.getLoggerName()).append(": ");
        appendOnOneLine(line, event.getFormattedMessage());
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                line.append(' ').append(pair.key).append('=');
                appendOnOneLine(line, String.valueOf(pair.value));
            }
        }
        line.append('\n');
        if (event.getThrowableProxy() != null) {
            line.append(ThrowableProxyUtil.asString(event.getThrowableProxy())).append('\n');
        }
        return line.toString();
    }

    private static void appendSpans(StringBuilder line, List<SpanPart> spans) {
        for (SpanPart span : spans) {
            line.append(span.name());
            char before = '{';
            for (Map.Entry<String, Object> field : span.fields().entrySet()) {
                line.append(before).append(field.getKey()).append('=');
                appendOnOneLine(line, field.getValue().toString());
                before = ' ';
            }
            line.append(before == '{' ? ":" : "}:");
        }
        if (!spans.isEmpty()) {
            line.append(' ');
        }
    }

    static Instant timeOf(ILoggingEvent event) {
        Instant instant = event.getInstant();
        return instant == null ? Instant.ofEpochMilli(event.getTimeStamp()) : instant;
    }

    private void appendLevel(StringBuilder line, ILoggingEvent event) {
        String level = event.getLevel().toString();
        if (!colour) {
            line.append(level);
            return;
        }
        String code =
                switch (level) {
                    case "ERROR" -> "31";
                    case "WARN" -> "33";
                    case "INFO" -> "32";
                    default -> "34";
                };
        line.append("\u001b[").append(code).append('m').append(level).append("\u001b[0m");
    }

    /** Words of clients and policies appear in lines; they must not be able to forge one. */
    private static void appendOnOneLine(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append("\\n");
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append("\\u%04x".formatted((int) c));
            } else {
                line.append(c);
            }
        }
    }
}
