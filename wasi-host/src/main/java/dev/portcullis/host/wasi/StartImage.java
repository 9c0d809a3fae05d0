package dev.portcullis.host.wasi;

import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;

/**
 * A Go process as it was at its first read of standard input, ready to go on with another input.
 *
 * @param state memory and globals; the memory already holds the program counter to resume at
 * @param schedulerLoop the function that runs Go code from that program counter on
 * @param monotonicNanos the time of the guest's monotonic clock when the image was taken
 */
record StartImage(GuestImage state, int schedulerLoop, long monotonicNanos) {
    /** Puts the guest into the image's state. */
    void restore(Guest guest) {
        guest.restore(state);
    }

    /** Lets a restored guest go on; returns or throws as {@code _start} would. */
    void resume(Guest guest) {
        guest.call(schedulerLoop);
    }
}
