package dev.portcullis.host.wapc;

import dev.portcullis.host.engine.GuestImage;

/** How guests of a module are made ready to be called. */
sealed interface StartWay {
    /** A new instance is initialised, for the given reason. */
    record Plain(String reason) implements StartWay {}

    /**
     * A guest is put into the state that initialisation left.
     *
     * @param monotonicNanos the time of the guest's monotonic clock when the image was taken
     */
    record Initialised(GuestImage state, long monotonicNanos) implements StartWay {}
}
