package dev.portcullis.host.run;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ExecutionCompletedException;
import com.dylibso.chicory.wasi.WasiExitException;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One evaluation's turn on the calling thread: its permit to compute, and the watch over its
 * deadline, until it is closed.
 */
public final class Turn implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Turn.class);

    private final Permit permit;
    private final Watchdog.Guard guard;

    /** Starts to watch the deadline; the turn has yet to {@link #begin}. */
    public Turn(EvaluationContext context, Watchdog watchdog) {
        permit = new Permit(context.permits());
        guard = watchdog.guard(context.deadline());
    }

    /** Waits for the permit; gives the failure to report when it was not to be had in time. */
    public Optional<Ending.Stopped> begin() {
        try {
            permit.acquire();
            return Optional.empty();
        } catch (InterruptedException e) {
            return Optional.of(guard.fired() ? overloaded() : cancelled());
        }
    }

    /** The permit of this turn. */
    public Permit permit() {
        return permit;
    }

    /** Runs code of the guest. Never throws, whatever the guest does. */
    public Ending run(Runnable guest) {
        try {
            guest.run();
            return new Ending.Returned();
        } catch (ExecutionCompletedException e) {
            return new Ending.Exited(0);
        } catch (WasiExitException e) {
            return new Ending.Exited(e.exitCode());
        } catch (GuestLimitException e) {
            return new Ending.Stopped(e.reason(), message(e));
        } catch (StackOverflowError e) {
            return new Ending.Stopped(FailureReason.TRAP, "call stack exhausted");
        } catch (OutOfMemoryError e) {
            LOGGER.error("the host ran out of memory while a policy ran", e);
            return new Ending.Stopped(
                    FailureReason.INTERNAL, "the host ran out of memory while the policy ran");
        } catch (LinkageError e) {
            // A class that overflowed the stack in its initialiser stays unusable.
            LOGGER.error("the host failed while a policy ran", e);
            return new Ending.Stopped(
                    FailureReason.INTERNAL, "the host failed while the policy ran");
        } catch (RuntimeException e) {
            if (guard.fired()) {
                return new Ending.Stopped(FailureReason.DEADLINE, Ending.DEADLINE_TEXT);
            }
            if (e instanceof ChicoryInterruptedException) {
                return new Ending.Stopped(FailureReason.INTERNAL, "evaluation was cancelled");
            }
            return new Ending.Stopped(FailureReason.TRAP, message(e));
        }
    }

    private static String message(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    private static Ending.Stopped overloaded() {
        return new Ending.Stopped(
                FailureReason.OVERLOAD,
                "policy could not be evaluated in time: every worker was busy until the deadline");
    }

    private static Ending.Stopped cancelled() {
        Thread.currentThread().interrupt();
        return new Ending.Stopped(FailureReason.INTERNAL, "evaluation was cancelled");
    }

    @Override
    public void close() {
        guard.close();
        permit.close();
    }
}
