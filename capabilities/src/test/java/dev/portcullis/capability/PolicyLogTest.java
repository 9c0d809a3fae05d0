package dev.portcullis.capability;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** guest-abi §8.1. */
final class PolicyLogTest {
    private static void write(String payload) {
        PolicyLog.write("my-policy", payload.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "trace, TRACE",
        "debug, DEBUG",
        "info, INFO",
        "warning, WARN",
        "error, ERROR",
        "Info, INFO"
    })
    void aLineIsLoggedAtTheGuestsLevel(String level, String logged) {
        try (var log = new LogCapture("policy_log")) {
            write("{\"level\":\"" + level + "\",\"message\":\"hello {}\"}\n");

            assertThat(log.lines()).containsExactly(logged + " hello {}");
        }
    }

    @Test
    void theOtherFieldsAndThePolicyAreKeys() {
        try (var log = new LogCapture("policy_log")) {
            write("{\"level\":\"info\",\"message\":\"m\",\"line\":3,\"who\":\"x\"}");

            ILoggingEvent event = log.events().getFirst();
            assertThat(event.getKeyValuePairs())
                    .containsExactly(
                            new KeyValuePair("policy", "my-policy"),
                            new KeyValuePair("data", "{\"line\":3,\"who\":\"x\"}"));
        }
    }

    @Test
    void theMessageMayBeAbsent() {
        try (var log = new LogCapture("policy_log")) {
            write("{\"level\":\"info\"}");

            assertThat(log.lines()).containsExactly("INFO ");
        }
    }

    @Test
    void aGuestCannotForgeALine() {
        try (var log = new LogCapture("policy_log")) {
            write(
                    "{\"level\":\"info\",\"message\":\"a\\n12:00 ERROR forged\\u2028x\\u001b[31m\","
                            + "\"k\":\"\\u2029\"}");

            assertThat(log.lines()).containsExactly("INFO a 12:00 ERROR forged x [31m");
            assertThat(log.events().getFirst().getKeyValuePairs().getLast().value)
                    .isEqualTo("{\"k\":\" \"}");
        }
    }

    @Test
    void aVeryLongMessageIsCut() {
        try (var log = new LogCapture("policy_log")) {
            write("{\"level\":\"info\",\"message\":\"" + "x".repeat(100_000) + "\"}");

            assertThat(log.lines().getFirst()).endsWith("… (67232 characters more)");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no json",
                "[]",
                "{\"message\":\"no level\"}",
                "{\"level\":\"warn\",\"message\":\"no such level\"}",
                "{\"level\":3}",
                "{\"level\":\"info\",\"message\":3}"
            })
    void whatCannotBeLoggedIsReported(String payload) {
        try (var policies = new LogCapture("policy_log");
                var own = new LogCapture(PolicyLog.class.getName())) {
            write(payload);

            assertThat(policies.lines()).isEmpty();
            assertThat(own.lines())
                    .singleElement()
                    .asString()
                    .startsWith("ERROR Cannot log event of policy my-policy: ");
        }
    }
}
