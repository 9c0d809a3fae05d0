package dev.portcullis.gateway.review;

/** A stretch of a byte array that nobody changes. */
final class Bytes {
    private final byte[] source;
    private final int from;
    private final int to;

    Bytes(byte[] source, int from, int to) {
        this.source = source;
        this.from = from;
        this.to = to;
    }

    int length() {
        return to - from;
    }

    byte[] source() {
        return source;
    }

    int from() {
        return from;
    }
}
