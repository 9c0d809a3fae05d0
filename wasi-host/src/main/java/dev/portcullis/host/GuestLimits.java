package dev.portcullis.host;

/**
 * What one evaluation may use; time is bounded apart, by {@link Deadline}.
 *
 * @param memoryBytes linear memory, in bytes; rounded down to whole 64 KiB pages
 * @param outputBytes standard output and standard error together, in bytes
 * @param hostCalls questions asked through {@link HostCalls}
 */
public record GuestLimits(long memoryBytes, long outputBytes, int hostCalls) {
    /** 512 MiB of memory, 16 MiB of output, 1,000 host calls. */
    public static final GuestLimits DEFAULT = new GuestLimits(512L << 20, 16L << 20, 1_000);

    /** The most linear memory that the engine can address: one Java array. */
    public static final long MAX_MEMORY_BYTES = (2L << 30) - 65_536;

    public GuestLimits {
        if (memoryBytes < 65_536 || memoryBytes > MAX_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "guest memory limit must lie between 65536 and "
                            + MAX_MEMORY_BYTES
                            + " bytes, not "
                            + memoryBytes);
        }
        if (outputBytes < 1 || hostCalls < 0) {
            throw new IllegalArgumentException(
                    "guest limits must be positive: output "
                            + outputBytes
                            + " bytes, host calls "
                            + hostCalls);
        }
    }
}
