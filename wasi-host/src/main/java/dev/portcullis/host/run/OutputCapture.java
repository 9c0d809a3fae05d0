package dev.portcullis.host.run;

import dev.portcullis.host.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A guest's standard output and standard error, kept in memory under one common bound. What the
 * guest hands over in other ways is counted against the bound as well.
 */
public final class OutputCapture {
    private final long limit;
    private long written;
    private final Stream standardOutput = new Stream();
    private final Stream standardError = new Stream();

    OutputCapture(long limit) {
        this.limit = limit;
    }

    OutputStream standardOutput() {
        return standardOutput;
    }

    OutputStream standardError() {
        return standardError;
    }

    /** What the guest wrote to standard output. */
    public byte[] outputBytes() {
        return standardOutput.bytes.toByteArray();
    }

    /** What the guest wrote to standard error. */
    public byte[] errorBytes() {
        return standardError.bytes.toByteArray();
    }

    /** What the guest wrote to standard output, as text without blanks around it. */
    public String outputText() {
        return text(outputBytes());
    }

    /** What the guest wrote to standard error, as text without blanks around it, cut if long. */
    public String errorText() {
        return Ending.clipped(text(errorBytes()));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    /** Counts bytes that are kept elsewhere; ends the guest when the bound is passed. */
    public void count(long bytes) {
        written += bytes;
        if (written > limit) {
            throw new GuestLimitException(
                    FailureReason.OUTPUT,
                    "policy wrote more than its limit of " + limit + " bytes of output");
        }
    }

    /** Whether the guest wrote nothing. */
    public boolean isEmpty() {
        return written == 0;
    }

    private final class Stream extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            count(length);
            bytes.write(source, offset, length);
        }
    }
}
