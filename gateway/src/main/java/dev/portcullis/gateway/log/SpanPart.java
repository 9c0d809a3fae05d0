package dev.portcullis.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.portcullis.gateway.trace.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A span as log lines show it.
 *
 * @param name what kind of work
 * @param fields what is known of it
 */
record SpanPart(String name, Map<String, Object> fields) {
    /** The logger of what guests say; their lines are in a span of the same name. */
    static final String POLICY_LOG = "policy_log";

    /**
     * The spans that the event happened in, outermost first. To be called by the logging thread.
     */
    static List<SpanPart> of(ILoggingEvent event) {
        List<SpanPart> parts = new ArrayList<>();
        Span current = Span.current();
        if (current != null) {
            for (Span span : current.path()) {
                parts.add(new SpanPart(span.name(), span.fields()));
            }
        }
        if (event.getLoggerName().equals(POLICY_LOG)) {
            parts.add(new SpanPart(POLICY_LOG, Map.of()));
        }
        return parts;
    }
}
