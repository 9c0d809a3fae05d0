package dev.portcullis.host.engine;

import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The arrays behind the memories of a module's guests, used again and again: restoring a guest then
 * leaves no garbage of megabytes. An array that is handed out holds what its last user left;
 * whoever takes one overwrites all of it.
 */
final class MemoryArrays {
    private final int mostIdle;
    private final ConcurrentLinkedDeque<byte[]> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final AtomicInteger inUse = new AtomicInteger();

    /**
     * No arrays yet.
     *
     * @param mostIdle how many unused arrays are kept
     */
    MemoryArrays(int mostIdle) {
        this.mostIdle = mostIdle;
    }

    /** An array of exactly this length, with any content. */
    byte[] take(int length) {
        inUse.incrementAndGet();
        var array = idle.pollFirst();
        if (array != null) {
            idleCount.decrementAndGet();
            if (array.length == length) {
                return array;
            }
        }
        return new byte[length];
    }

    /** Takes an array back; one that grew is taken back as well and kept for no one. */
    void giveBack(byte[] array, int usualLength) {
        inUse.decrementAndGet();
        if (array.length == usualLength && idleCount.get() < mostIdle) {
            idleCount.incrementAndGet();
            idle.addFirst(array);
        }
    }

    /** Whether more guests hold an array than can compute soon. */
    boolean crowded() {
        return inUse.get() > mostIdle;
    }
}
