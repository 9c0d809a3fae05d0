package dev.portcullis.gateway.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object per event: {@code timestamp}, {@code level}, {@code fields} with the message,
 * {@code target}, and where there are spans {@code span}, the innermost one, and {@code spans}, all
 * of them from the outermost on (§21).
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @Override
    public String doLayout(ILoggingEvent event) {
        StringWriter line = new StringWriter(256);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("timestamp", LineLayout.TIME.format(LineLayout.timeOf(event)));
            json.writeStringField("level", event.getLevel().toString());
            json.writeObjectFieldStart("fields");
            json.writeStringField("message", event.getFormattedMessage());
            writePairs(json, event.getKeyValuePairs());
            if (event.getThrowableProxy() != null) {
                json.writeStringField(
                        "exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
            json.writeEndObject();
            json.writeStringField("target", event.getLoggerName());
            writeSpans(json, SpanPart.of(event));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a log line could not be written as JSON", e);
        }
        return line.append('\n').toString();
    }

    private static void writePairs(JsonGenerator json, List<KeyValuePair> pairs)
            throws IOException {
        if (pairs == null) {
            return;
        }
        for (KeyValuePair pair : pairs) {
            write(json, pair.key, pair.value);
        }
    }

    private static void writeSpans(JsonGenerator json, List<SpanPart> spans) throws IOException {
        if (spans.isEmpty()) {
            return;
        }
        json.writeFieldName("span");
        write(json, spans.getLast());
        json.writeArrayFieldStart("spans");
        for (SpanPart span : spans) {
            write(json, span);
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, SpanPart span) throws IOException {
        json.writeStartObject();
        for (Map.Entry<String, Object> field : span.fields().entrySet()) {
            // The reference has two members "name": the object's, which readers lose, and this.
            String key = field.getKey().equals("name") ? "object_name" : field.getKey();
            write(json, key, field.getValue());
        }
        json.writeStringField("name", span.name());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String key, @Nullable Object value)
            throws IOException {
        json.writeFieldName(key);
        switch (value) {
            case null -> json.writeNull();
            case Boolean flag -> json.writeBoolean(flag);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Object other -> json.writeString(other.toString());
        }
    }
}
