package dev.portcullis.host.run;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import dev.portcullis.host.ComputePermits;
import java.util.concurrent.Callable;

/**
 * One evaluation's permit to compute; knows whether it is held, so that it is never given twice.
 */
public final class Permit implements AutoCloseable {
    private final ComputePermits permits;
    private boolean held;

    public Permit(ComputePermits permits) {
        this.permits = permits;
    }

    /** Waits until the evaluation may compute. */
    public void acquire() throws InterruptedException {
        permits.acquire();
        held = true;
    }

    /** Runs something that waits while another guest may compute. */
    <T> T givenBackDuring(Callable<T> waiting) throws Exception {
        close();
        T result = waiting.call();
        try {
            acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChicoryInterruptedException("interrupted while waiting for a permit");
        }
        return result;
    }

    @Override
    public void close() {
        if (held) {
            held = false;
            permits.release();
        }
    }
}
