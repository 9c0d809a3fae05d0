package dev.portcullis.host;

/**
 * Bounds how many guests compute at once.
 *
 * <p>The engine holds one permit while a guest's code runs and gives it back while the guest waits
 * in a host call or sleeps.
 */
public interface ComputePermits {
    /** Lets every guest compute at any time. */
    ComputePermits UNBOUNDED =
            new ComputePermits() {
                @Override
                public void acquire() {}

                @Override
                public void release() {}
            };

    /** Waits until this guest may compute. */
    void acquire() throws InterruptedException;

    /** Lets another guest compute. */
    void release();
}
