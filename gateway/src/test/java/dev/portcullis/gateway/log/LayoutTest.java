package dev.portcullis.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The lines of policy-server §21. */
class LayoutTest {
    private static LoggingEvent event(
            String message, @Nullable Throwable failure, KeyValuePair... pairs) {
        LoggerContext context = new LoggerContext();
        LoggingEvent event =
                new LoggingEvent(
                        "x",
                        context.getLogger("dev.portcullis.X"),
                        Level.INFO,
                        message,
                        failure,
                        new Object[0]);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.678901234Z"));
        event.setKeyValuePairs(List.of(pairs));
        return event;
    }

    private static KeyValuePair pair(String key, @Nullable Object value) {
        return new KeyValuePair(key, value);
    }

    @Test
    void textIsOneLineWithTimeLevelTargetMessageAndPairs() {
        assertThat(
                        new LineLayout(false)
                                .doLayout(event("rejected", null, pair("a", 1), pair("b", "x y"))))
                .isEqualTo(
                        "2026-01-02T03:04:05.678901Z INFO dev.portcullis.X: rejected a=1 b=x y\n");
    }

    @Test
    void aForgedLineStaysInItsLine() {
        assertThat(
                        new LineLayout(false)
                                .doLayout(
                                        event(
                                                "a\nb",
                                                null,
                                                pair("name", "x\r\n\u001b[31m2026 ERROR\u2028"))))
                .isEqualTo(
                        "2026-01-02T03:04:05.678901Z INFO dev.portcullis.X: a\\nb"
                                + " name=x\\u000d\\n\\u001b[31m2026 ERROR\\u2028\n");
    }

    @Test
    void onlyTheLevelIsColoured() {
        assertThat(new LineLayout(true).doLayout(event("m", null)))
                .contains(" \u001b[32mINFO\u001b[0m dev.portcullis.X: m\n");
    }

    @Test
    void aFailureFollowsItsLine() {
        assertThat(new LineLayout(false).doLayout(event("m", new IllegalStateException("why"))))
                .contains("X: m\njava.lang.IllegalStateException: why");
    }

    @Test
    void jsonHasTimestampLevelFieldsAndTarget() throws Exception {
        String line =
                new JsonLayout()
                        .doLayout(
                                event(
                                        "a \"b\"\n",
                                        null,
                                        pair("flag", true),
                                        pair("code", 500),
                                        pair("none", null),
                                        pair("long", 1L),
                                        pair("text", "ü\ud800")));
        assertThat(line).endsWith("}\n").doesNotContain("\n{");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.toString())
                .isEqualTo(
                        "{\"timestamp\":\"2026-01-02T03:04:05.678901Z\",\"level\":\"INFO\","
                                + "\"fields\":{\"message\":\"a \\\"b\\\"\\n\",\"flag\":true,"
                                + "\"code\":500,\"none\":null,\"long\":1,\"text\":\"ü\ud800\"},"
                                + "\"target\":\"dev.portcullis.X\"}");
    }

    @Test
    void aFailureIsAFieldOfTheJson() throws Exception {
        String line = new JsonLayout().doLayout(event("m", new IllegalStateException("why")));
        assertThat(new ObjectMapper().readTree(line).at("/fields/exception").asText())
                .startsWith("java.lang.IllegalStateException: why");
    }
}
