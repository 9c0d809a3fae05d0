package dev.portcullis.gateway.review;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Refuses text that two readers may understand in two ways: bytes that are no UTF-8, and escapes of
 * half a surrogate pair, which some readers replace and others keep.
 */
final class UnicodeCheck {
    private UnicodeCheck() {}

    static void check(byte[] body) throws InvalidReviewException {
        checkEncoding(body);
        checkEscapes(body);
    }

    private static void checkEncoding(byte[] body) throws InvalidReviewException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(Math.clamp(body.length, 16, 8_192));
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isError()) {
                throw InvalidReviewException.malformed(
                        "invalid UTF-8 at byte " + (in.position() + 1));
            }
            if (result.isUnderflow()) {
                return;
            }
            out.clear();
        }
    }

    /** Outside strings a backslash is no JSON at all, so there is no need to look for quotes. */
    private static void checkEscapes(byte[] body) throws InvalidReviewException {
        for (int i = 0; i < body.length; i++) {
            if (body[i] != '\\') {
                continue;
            }
            int unit = unitAt(body, i);
            if (unit < 0 || !Character.isSurrogate((char) unit)) {
                i++;
                continue;
            }
            int next = unitAt(body, i + 6);
            if (Character.isLowSurrogate((char) unit)
                    || next < 0
                    || !Character.isLowSurrogate((char) next)) {
                throw InvalidReviewException.malformed(
                        "lone surrogate in an escape at byte " + (i + 1));
            }
            i += 11;
        }
    }

    /** The UTF-16 unit that is escaped here; -1 when this is no such escape. */
    private static int unitAt(byte[] body, int at) {
        if (at + 6 > body.length || body[at] != '\\' || body[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(body[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
