package dev.portcullis.gateway.evaluate;

import dev.portcullis.host.ComputePermits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The permits of one evaluation, with a note of how long it waited for them altogether. */
final class TimedPermits implements ComputePermits {
    private final ComputePermits permits;
    private final AtomicLong nanos = new AtomicLong();

    TimedPermits(ComputePermits permits) {
        this.permits = permits;
    }

    Duration waited() {
        return Duration.ofNanos(nanos.get());
    }

    @Override
    public void acquire() throws InterruptedException {
        long start = System.nanoTime();
        try {
            permits.acquire();
        } finally {
            nanos.addAndGet(System.nanoTime() - start);
        }
    }

    @Override
    public void release() {
        permits.release();
    }
}
