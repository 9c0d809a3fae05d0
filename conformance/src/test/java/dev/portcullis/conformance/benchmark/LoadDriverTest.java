package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadDriverTest {
    private final Workload workload = Workload.standard();
    private final Pace full = new Pace.AsFastAsPossible();

    private FakeGateway gateway;
    private LoadDriver driver;

    @BeforeEach
    void start() throws IOException {
        gateway = FakeGateway.start();
        driver = new LoadDriver(URI.create("http://127.0.0.1:" + gateway.port()), null);
    }

    @AfterEach
    void stop() {
        driver.close();
        gateway.close();
    }

    @Test
    void everyRequestIsAnsweredAndCountedOnce() {
        var result = driver.run(new Load(workload.casesWithoutLookups(), 1003, 7, full)).allRight();
        assertThat(result.latencies().getTotalCount()).isEqualTo(1003);
        assertThat(result.requestsPerSecond()).isPositive();
        assertThat(result.percentile(50)).isPositive().isLessThanOrEqualTo(result.percentile(99));
    }

    @Test
    void moreConnectionsThanRequestsAreNoProblem() {
        var result = driver.run(new Load(workload.casesWithoutLookups(), 3, 50, full)).allRight();
        assertThat(result.latencies().getTotalCount()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(
            value = FakeGateway.Fault.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "WRONG_MESSAGE", "WRONG_PATCH"})
    void everyWrongAnswerIsNoticed(FakeGateway.Fault fault) {
        gateway.answerWith(fault);
        var result = driver.run(new Load(workload.casesWithoutLookups(), 40, 4, full));
        assertThat(result.wrong()).isEqualTo(40);
        assertThat(result.examples()).hasSizeBetween(1, 10);
        assertThatThrownBy(result::allRight)
                .isInstanceOf(BenchmarkException.class)
                .hasMessageStartingWith("40 of 40 answers are wrong, among them:");
    }

    @Test
    void aWrongMessageIsNoticedWhereOneIsExpected() {
        gateway.answerWith(FakeGateway.Fault.WRONG_MESSAGE);
        var refused = workload.casesOf("required-labels").get(1);
        assertThat(driver.run(new Load(List.of(refused), 10, 1, full)).examples().getFirst())
                .contains("message is not 'label \"owner\" is \"painter-0\"");
    }

    @Test
    void aWrongPatchIsNoticedAlsoWhereNoneIsExpected() {
        gateway.answerWith(FakeGateway.Fault.WRONG_PATCH);
        var result = driver.run(new Load(workload.casesWithoutLookups(), 40, 4, full));
        assertThat(result.wrong()).isEqualTo(40);
        assertThat(result.examples())
                .anySatisfy(text -> assertThat(text).contains("patch is [] and not null"));
    }

    @Test
    void aServerThatIsNotThereIsAWrongAnswer() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        try (var lonely = new LoadDriver(URI.create("http://127.0.0.1:" + closed), null)) {
            var result = lonely.run(new Load(workload.casesWithoutLookups(), 5, 1, full));
            assertThat(result.wrong()).isEqualTo(5);
            assertThat(result.examples().getFirst()).contains("no answer");
        }
    }

    @Test
    void atAFixedRateAStallIsChargedToEveryRequestThatWasDueMeanwhile() {
        var cases = workload.casesWithoutLookups();
        gateway.stallOnce(1000);
        var result = driver.run(new Load(cases, 200, 1, new Pace.FixedRate(100))).allRight();

        // Fifty requests were due in the first half of that second and waited for the other half.
        assertThat(result.percentile(76)).isGreaterThan(Duration.ofMillis(490));
    }

    @Test
    void aFixedRateIsKept() {
        var load = new Load(workload.casesWithoutLookups(), 100, 4, new Pace.FixedRate(200));
        // The last request is due after 99 intervals of 5 ms.
        assertThat(driver.run(load).allRight().wall()).isGreaterThan(Duration.ofMillis(494));
    }
}
