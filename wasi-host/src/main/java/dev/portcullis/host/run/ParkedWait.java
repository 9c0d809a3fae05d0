package dev.portcullis.host.run;

import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;
import java.util.concurrent.Callable;

/** Keeps the memory of a guest that waits for long only where it differs from its image. */
final class ParkedWait {
    /** How long a host call may take before the waiting guest's memory is reduced. */
    private static final long PARK_AFTER_MILLISECONDS = 5;

    private final Guest guest;
    private final GuestImage image;
    private final Watchdog watchdog;
    private boolean waiting;

    ParkedWait(Guest guest, GuestImage image, Watchdog watchdog) {
        this.guest = guest;
        this.image = image;
        this.watchdog = watchdog;
    }

    /** Runs what waits. */
    <T> T during(Callable<T> wait) throws Exception {
        if (guest.crowded()) {
            guest.park(image);
            return wait.call();
        }
        synchronized (this) {
            waiting = true;
        }
        var parking = watchdog.after(PARK_AFTER_MILLISECONDS, this::park);
        try {
            return wait.call();
        } finally {
            parking.cancel(false);
            synchronized (this) {
                waiting = false;
            }
        }
    }

    private synchronized void park() {
        if (waiting) {
            guest.park(image);
        }
    }

    /** Called after a wait, once the guest may compute again and before it does. */
    void goOn() {
        guest.unpark(image);
    }
}
