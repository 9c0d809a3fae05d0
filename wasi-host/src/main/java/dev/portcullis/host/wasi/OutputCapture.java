package dev.portcullis.host.wasi;

import dev.portcullis.host.FailureReason;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** A guest's standard output and standard error, kept in memory under one common bound. */
final class OutputCapture {
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

    byte[] outputBytes() {
        return standardOutput.bytes.toByteArray();
    }

    byte[] errorBytes() {
        return standardError.bytes.toByteArray();
    }

    boolean isEmpty() {
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
