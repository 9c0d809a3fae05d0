package dev.portcullis.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.portcullis.host.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchdogTest {
    private static final Duration SOON = Duration.ofMillis(20);

    private final Watchdog watchdog = new Watchdog();

    @AfterEach
    void close() {
        Thread.interrupted();
        watchdog.close();
    }

    /** Until the one thread of the timer has run what was due. */
    private void waitForTheTimer(long milliseconds) throws Exception {
        watchdog.after(milliseconds, () -> {}).get(30, TimeUnit.SECONDS);
    }

    @Test
    void aThreadThatWaitsBeyondItsDeadlineIsInterrupted() {
        try (var guard = watchdog.guard(Deadline.in(SOON))) {
            assertThatThrownBy(() -> new CountDownLatch(1).await())
                    .isInstanceOf(InterruptedException.class);
            assertThat(guard.fired()).isTrue();
        }
    }

    @Test
    void aThreadThatComputesBeyondItsDeadlineFindsItsFlagSet() {
        try (var guard = watchdog.guard(Deadline.in(SOON))) {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            assertThat(guard.fired()).isTrue();
        }
    }

    @Test
    void aDeadlineThatHasPassedAlreadyInterruptsAtOnce() {
        try (var _ = watchdog.guard(Deadline.in(Duration.ofSeconds(-5)))) {
            assertThatThrownBy(() -> new CountDownLatch(1).await())
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void theInterruptIsTakenBackSoThatTheThreadCanServeTheNextRequest() {
        var guard = watchdog.guard(Deadline.in(SOON));
        await().until(guard::fired);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();

        guard.close();

        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(guard.fired()).isTrue();
    }

    @Test
    void anInterruptFromElsewhereIsNotTakenBack() {
        var guard = watchdog.guard(Deadline.none());
        Thread.currentThread().interrupt();

        guard.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(guard.fired()).isFalse();
    }

    @Test
    void aGuardThatIsClosedInTimeNeverInterrupts() throws Exception {
        for (int i = 0; i < 200; i++) {
            // Deadlines that come about when the guard is closed, on either side of it.
            var guard = watchdog.guard(Deadline.in(Duration.ofNanos(i * 2_000L)));
            guard.close();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        // All that was to fire would have fired before this.
        waitForTheTimer(5);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aDeadlineThatNeverComesDoesNotFire() throws Exception {
        try (var guard = watchdog.guard(Deadline.none())) {
            waitForTheTimer(1);
            assertThat(guard.fired()).isFalse();
        }
    }

    @Test
    void guardsOfDifferentThreadsDoNotDisturbEachOther() throws Exception {
        try (var mine = watchdog.guard(Deadline.none())) {
            var theirs = new AtomicInteger();
            var other =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var _ = watchdog.guard(Deadline.in(SOON))) {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException e) {
                                    theirs.incrementAndGet();
                                }
                            });
            other.join();
            assertThat(theirs).hasValue(1);
            assertThat(mine.fired()).isFalse();
        }
    }

    @Test
    void aTaskThatIsCancelledDoesNotRun() throws Exception {
        var runs = new AtomicInteger();
        assertThat(watchdog.after(10, runs::incrementAndGet).cancel(false)).isTrue();

        waitForTheTimer(20);
        assertThat(runs).hasValue(0);
    }
}
