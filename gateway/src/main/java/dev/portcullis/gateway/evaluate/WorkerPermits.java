package dev.portcullis.gateway.evaluate;

import dev.portcullis.host.ComputePermits;
import java.util.concurrent.Semaphore;

/**
 * Lets a number of guests compute at once, first come, first served.
 *
 * <p>Audit has a narrower gate before the common one: at most half of the workers, so that however
 * much is audited, admission requests never wait behind more than those.
 */
final class WorkerPermits {
    private final int count;
    private final Semaphore workers;
    private final Semaphore auditWorkers;

    WorkerPermits(int count) {
        this.count = count;
        workers = new Semaphore(count, true);
        auditWorkers = new Semaphore(Math.max(1, count / 2), true);
    }

    /** How many guests may compute at once. */
    int count() {
        return count;
    }

    /** How many guests compute. */
    int busy() {
        return count - workers.availablePermits();
    }

    /** For requests of the API server. */
    ComputePermits admission() {
        return new ComputePermits() {
            @Override
            public void acquire() throws InterruptedException {
                workers.acquire();
            }

            @Override
            public void release() {
                workers.release();
            }
        };
    }

    /** For requests of the audit scanner. */
    ComputePermits audit() {
        return new ComputePermits() {
            @Override
            public void acquire() throws InterruptedException {
                auditWorkers.acquire();
                boolean acquired = false;
                try {
                    workers.acquire();
                    acquired = true;
                } finally {
                    if (!acquired) {
                        auditWorkers.release();
                    }
                }
            }

            @Override
            public void release() {
                workers.release();
                auditWorkers.release();
            }
        };
    }
}
