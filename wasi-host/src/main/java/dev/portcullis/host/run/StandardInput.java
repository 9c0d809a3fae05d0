package dev.portcullis.host.run;

import java.io.InputStream;
import java.util.ArrayDeque;

/**
 * A guest's standard input: a growable FIFO. An empty one reads as end of file, and reads again
 * once more was appended (guest-abi §4).
 */
final class StandardInput extends InputStream {
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private int offset;

    /** Appends bytes; they are read after all that was there before, and must not change. */
    void append(byte[] bytes) {
        if (bytes.length > 0) {
            chunks.add(bytes);
        }
    }

    @Override
    public int read() {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int start, int length) {
        var head = chunks.peek();
        if (head == null) {
            return -1;
        }
        int count = Math.min(length, head.length - offset);
        System.arraycopy(head, offset, target, start, count);
        offset += count;
        if (offset == head.length) {
            chunks.remove();
            offset = 0;
        }
        return count;
    }

    @Override
    public int available() {
        return chunks.stream().mapToInt(chunk -> chunk.length).sum() - offset;
    }
}
