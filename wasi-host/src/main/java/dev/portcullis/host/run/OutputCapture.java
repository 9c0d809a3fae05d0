package dev.portcullis.host.run;

import dev.portcullis.host.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** A guest's standard output and standard error, kept in memory under one common bound. */
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
            written += length;
            if (written > limit) {
                throw new GuestLimitException(
                        FailureReason.OUTPUT,
                        "policy wrote more than its limit of " + limit + " bytes of output");
            }
            bytes.write(source, offset, length);
        }
    }
}
