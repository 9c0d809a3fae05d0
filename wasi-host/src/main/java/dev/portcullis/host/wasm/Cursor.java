package dev.portcullis.host.wasm;

/** A position in a module's bytes; every read is checked against an end. */
final class Cursor {
    private final byte[] bytes;
    private final int end;
    private int position;

    Cursor(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position >= end;
    }

    int unsignedByte() {
        if (position >= end) {
            throw truncated();
        }
        return bytes[position++] & 0xff;
    }

    /** An unsigned LEB128 of at most 32 bits that must fit a Java int. */
    int count() {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int b = unsignedByte();
            value |= (long) (b & 0x7f) << shift;
            if ((b & 0x80) == 0) {
                if (value > Integer.MAX_VALUE) {
                    throw new MalformedModuleException(
                            "number " + value + " at byte " + position + " is too large");
                }
                return (int) value;
            }
        }
        throw new MalformedModuleException("endless number at byte " + position);
    }

    /** Skips a LEB128 of any width and sign. */
    void skipNumber() {
        for (int i = 0; i < 10; i++) {
            if ((unsignedByte() & 0x80) == 0) {
                return;
            }
        }
        throw new MalformedModuleException("endless number at byte " + position);
    }

    /** Moves on by a length that was read before and gives the position where it began. */
    int skip(int length) {
        if (length < 0 || length > end - position) {
            throw truncated();
        }
        int start = position;
        position += length;
        return start;
    }

    String name() {
        int length = count();
        int start = skip(length);
        return new String(bytes, start, length, java.nio.charset.StandardCharsets.UTF_8);
    }

    private MalformedModuleException truncated() {
        return new MalformedModuleException("module is truncated at byte " + position);
    }
}
