package dev.portcullis.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.portcullis.gateway.trace.Span;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * Adds every log event to the span that it happened in, where a span is exported. What guests say
 * gets a span of its own around it, as in the reference.
 */
final class SpanEventAppender extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
        Span span = Span.current();
        if (span == null || !span.isExported()) {
            return;
        }
        if (event.getLoggerName().equals(SpanPart.POLICY_LOG)) {
            Span own = span.part(SpanPart.POLICY_LOG);
            own.event(event.getFormattedMessage(), details(event));
            own.end();
        } else {
            span.event(event.getFormattedMessage(), details(event));
        }
    }

    private static Map<String, Object> details(ILoggingEvent event) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("level", event.getLevel().toString());
        details.put("target", event.getLoggerName());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                if (pair.value != null) {
                    details.put(pair.key, pair.value);
                }
            }
        }
        return details;
    }
}
