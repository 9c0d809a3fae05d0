package dev.portcullis.host;

import java.time.Duration;

/**
 * The moment at which an evaluation must have ended, on the clock of {@link System#nanoTime}.
 *
 * <p>It covers waiting for a permit, computing, host calls and sleeps.
 */
public record Deadline(long nanoTime) {
    private static final Duration FAR = Duration.ofDays(365);

    /** A deadline this far from now. */
    public static Deadline in(Duration duration) {
        if (duration.compareTo(FAR) > 0) {
            return none();
        }
        return new Deadline(System.nanoTime() + (duration.isNegative() ? 0 : duration.toNanos()));
    }

    /** A deadline that will not be met in the life of a process. */
    public static Deadline none() {
        return new Deadline(System.nanoTime() + FAR.toNanos());
    }

    /** The earlier of the two. */
    public Deadline min(Deadline other) {
        return other.nanoTime - nanoTime < 0 ? other : this;
    }

    /** What is left; zero once the deadline has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
    }

    /** Whether the moment has come. */
    public boolean passed() {
        return nanoTime - System.nanoTime() <= 0;
    }
}
