package dev.portcullis.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import dev.portcullis.host.ComputePermits;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PermitTest {
    private final CountingPermits permits = new CountingPermits();
    private final Permit permit = new Permit(permits);

    /** Counts, and behaves as a lock does that looks at the interrupt flag. */
    private static final class CountingPermits implements ComputePermits {
        int acquired;
        int released;

        @Override
        public void acquire() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            acquired++;
        }

        @Override
        public void release() {
            released++;
            assertThat(released).as("released").isLessThanOrEqualTo(acquired);
        }
    }

    @AfterEach
    void noInterruptIsLeftForOtherTests() {
        Thread.interrupted();
    }

    @Test
    void aPermitThatWasNeverAcquiredIsNotReleased() {
        permit.close();

        assertThat(permits.released).isZero();
    }

    @Test
    void aPermitIsReleasedOnceHoweverOftenItIsClosed() throws InterruptedException {
        permit.acquire();
        permit.close();
        permit.close();

        assertThat(permits.released).isEqualTo(1);
    }

    @Test
    void anInterruptedAcquisitionHoldsNothing() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(permit::acquire).isInstanceOf(InterruptedException.class);
        permit.close();

        assertThat(permits.released).isZero();
    }

    @Test
    void whileSomethingWaitsThePermitIsFree() throws Exception {
        permit.acquire();

        var answer =
                permit.givenBackDuring(() -> {
                    assertThat(permits.released).isEqualTo(1);
                    return "answer";
                });

        assertThat(answer).isEqualTo("answer");
        assertThat(permits.acquired).isEqualTo(2);
        permit.close();
        assertThat(permits.released).isEqualTo(2);
    }

    @Test
    void aWaitThatFailsLeavesNothingToRelease() throws InterruptedException {
        permit.acquire();

        assertThatThrownBy(() ->
                        permit.givenBackDuring(() -> {
                            throw new IOException("no answer");
                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("no answer");
        permit.close();

        assertThat(permits.acquired).isEqualTo(1);
        assertThat(permits.released).isEqualTo(1);
    }

    @Test
    void anInterruptWhileThePermitIsTakenBackEndsTheGuestAndStaysSet() throws Exception {
        permit.acquire();

        assertThatThrownBy(() ->
                        permit.givenBackDuring(() -> {
                            Thread.currentThread().interrupt();
                            return "answer";
                        }))
                .isInstanceOf(ChicoryInterruptedException.class);

        assertThat(Thread.interrupted()).isTrue();
        permit.close();
        assertThat(permits.released).isEqualTo(1);
    }

    @Test
    void manyWaitsTakeAndGiveInTurn() throws Exception {
        permit.acquire();
        for (int i = 0; i < 5; i++) {
            int waits = i;
            permit.givenBackDuring(() -> {
                assertThat(permits.acquired - permits.released).isZero();
                return waits;
            });
            assertThat(permits.acquired - permits.released).isEqualTo(1);
        }
        permit.close();

        assertThat(permits.acquired).isEqualTo(6);
        assertThat(permits.released).isEqualTo(6);
    }
}
