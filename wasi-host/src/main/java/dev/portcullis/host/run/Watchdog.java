package dev.portcullis.host.run;

import dev.portcullis.host.Deadline;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts evaluations whose deadline has passed. Compiled and interpreted guest code looks at
 * the interrupt flag on every call and backward branch, and everything that waits is interruptible.
 *
 * <p>Runs on a platform thread of its own: looping guests may hold every carrier of virtual
 * threads.
 */
public final class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer = executor("guest-watchdog");

    /** Parking a guest reads its whole memory; deadlines must not wait for that. */
    private final ScheduledThreadPoolExecutor parking = executor("guest-parking");

    private static ScheduledThreadPoolExecutor executor(String name) {
        var executor =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().name(name).daemon().factory());
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    /** Watches the calling thread until the guard is closed. */
    public Guard guard(Deadline deadline) {
        var guard = new Guard(Thread.currentThread());
        guard.task =
                timer.schedule(guard::fire, deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        return guard;
    }

    /** Runs a task after some milliseconds unless it is cancelled before. */
    ScheduledFuture<?> after(long milliseconds, Runnable task) {
        return parking.schedule(task, milliseconds, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        parking.shutdownNow();
    }

    /** One watched evaluation. */
    public static final class Guard implements AutoCloseable {
        private final Thread thread;
        private @Nullable ScheduledFuture<?> task;
        private boolean closed;
        private boolean fired;

        private Guard(Thread thread) {
            this.thread = thread;
        }

        private synchronized void fire() {
            if (!closed) {
                fired = true;
                thread.interrupt();
            }
        }

        /** Whether the deadline passed while the evaluation ran. */
        public synchronized boolean fired() {
            return fired;
        }

        /** Stops watching, and takes the interrupt back if it came from here. */
        @Override
        public synchronized void close() {
            closed = true;
            if (task != null) {
                task.cancel(false);
            }
            if (fired) {
                Thread.interrupted();
            }
        }
    }
}
