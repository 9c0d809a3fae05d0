package dev.portcullis.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeadlineTest {
    @Test
    void aDeadlineAheadHasNotPassedAndHasTimeLeft() {
        var deadline = Deadline.in(Duration.ofHours(1));

        assertThat(deadline.passed()).isFalse();
        assertThat(deadline.remaining()).isBetween(Duration.ofMinutes(50), Duration.ofHours(1));
    }

    @Test
    void aDeadlineBehindHasPassedAndHasNothingLeft() {
        for (var duration : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
            assertThat(Deadline.in(duration).passed()).isTrue();
            assertThat(Deadline.in(duration).remaining()).isZero();
        }
    }

    static Stream<Duration> endless() {
        return Stream.of(
                Duration.ofDays(366),
                Duration.ofDays(200_000),
                Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    }

    @ParameterizedTest
    @MethodSource("endless")
    void aDurationOfAnyLengthGivesADeadlineFarAhead(Duration duration) {
        assertThat(Deadline.in(duration).remaining())
                .isBetween(Duration.ofDays(364), Duration.ofDays(365));
    }

    @Test
    void aDurationAsNegativeAsCanBeHasPassed() {
        assertThat(Deadline.in(Duration.ofSeconds(Long.MIN_VALUE)).passed()).isTrue();
    }

    @Test
    void noDeadlineIsNotMet() {
        assertThat(Deadline.none().passed()).isFalse();
        assertThat(Deadline.none().remaining()).isGreaterThan(Duration.ofDays(300));
    }

    @Test
    void theEarlierOfTwoIsTaken() {
        var early = new Deadline(100);
        var late = new Deadline(200);

        assertThat(early.min(late)).isSameAs(early);
        assertThat(late.min(early)).isSameAs(early);
        assertThat(early.min(new Deadline(100))).isEqualTo(early);
    }

    @Test
    void theEarlierIsFoundWhereTheClockWrapsAround() {
        var before = new Deadline(Long.MAX_VALUE - 10);
        var after = new Deadline(Long.MIN_VALUE + 10);

        assertThat(before.min(after)).isSameAs(before);
        assertThat(after.min(before)).isSameAs(before);
    }
}
