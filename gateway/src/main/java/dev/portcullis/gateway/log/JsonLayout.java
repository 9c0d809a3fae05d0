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
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object per event: {@code timestamp}, {@code level}, {@code fields} with the message, and
 * {@code target} (§21).
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
            json.writeFieldName(pair.key);
            switch (pair.value) {
                case null -> json.writeNull();
                case Boolean flag -> json.writeBoolean(flag);
                case Integer number -> json.writeNumber(number);
                case Long number -> json.writeNumber(number);
                case Object other -> json.writeString(other.toString());
            }
        }
    }
}
