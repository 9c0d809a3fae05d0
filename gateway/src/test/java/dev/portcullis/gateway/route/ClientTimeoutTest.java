package dev.portcullis.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientTimeoutTest {
    @ParameterizedTest
    @CsvSource({
        "10s, PT10S",
        "30s, PT30S",
        "1m30s, PT1M30S",
        "1h0m0.5s, PT1H0.5S",
        "250ms, PT0.25S",
        "1us, PT0.000001S",
        "1µs, PT0.000001S",
        "5ns, PT0.000000005S",
        "0s, PT0S",
        "999999999999h, P365D",
    })
    void durationsOfGoAreRead(String text, Duration expected) {
        assertThat(ClientTimeout.of(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"10s, PT9.9S", "1s, PT0.9S", "500ms, PT0.45S", "0s, PT0S"})
    void someTimeIsLeftForTheAnswerToTravel(String text, Duration expected) {
        assertThat(ClientTimeout.forJudging(ClientTimeout.of(text))).isEqualTo(expected);
    }
}
