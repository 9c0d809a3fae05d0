package dev.portcullis.gateway.profile;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.management.JMException;
import javax.management.ObjectName;
import jdk.jfr.Recording;

/**
 * Profiles of this process (policy-server §22). One at a time in the whole process: two would
 * measure each other.
 *
 * <p>The reference answers in the form of Google's pprof. Here a CPU profile is a recording of the
 * JDK's Flight Recorder, which knows virtual threads and compiled guest code, and a heap profile is
 * a histogram of classes: a dump of the heap would hold requests, settings and keys.
 */
public final class Profiler {
    /** Most samples a second. */
    public static final int HIGHEST_FREQUENCY = 1_000;

    /** Most seconds of one profile. */
    public static final int LONGEST_INTERVAL = 300;

    private static final Semaphore FREE = new Semaphore(1);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private Profiler() {}

    /**
     * Samples for a while what threads execute. Blocks as long; best called on a virtual thread.
     *
     * @param frequency samples a second, from 1 to {@link #HIGHEST_FREQUENCY}
     * @return a recording as {@code jfr} and JDK Mission Control read it
     * @throws ProfileException when another profile is being made, or nothing can be recorded
     */
    public static byte[] cpu(int frequency, Duration interval)
            throws ProfileException, InterruptedException {
        begin();
        try (Recording recording = new Recording()) {
            Duration period = Duration.ofNanos(SECOND / frequency);
            recording.enable("jdk.ExecutionSample").withPeriod(period);
            recording.enable("jdk.NativeMethodSample").withPeriod(period);
            recording.start();
            Thread.sleep(interval);
            recording.stop();
            try (InputStream stream = recording.getStream(null, null)) {
                if (stream == null) {
                    throw new ProfileException("the recording is empty");
                }
                return stream.readAllBytes();
            }
        } catch (IOException | RuntimeException e) {
            throw new ProfileException("a CPU profile cannot be recorded: " + e.getMessage(), e);
        } finally {
            FREE.release();
        }
    }

    /**
     * How many objects of each class live, and what they take. Collects garbage first, which stops
     * everything for a moment.
     *
     * @return a table, largest class first
     * @throws ProfileException when another profile is being made, or the JVM has no such table
     */
    public static String heap() throws ProfileException {
        begin();
        try {
            Object table =
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    new Object[] {new String[0]},
                                    new String[] {String[].class.getName()});
            return String.valueOf(table);
        } catch (JMException | RuntimeException e) {
            throw new ProfileException("the heap cannot be looked at: " + e.getMessage(), e);
        } finally {
            FREE.release();
        }
    }

    private static void begin() throws ProfileException {
        if (!FREE.tryAcquire()) {
            throw new ProfileException("another profile is being made, try again");
        }
    }
}
