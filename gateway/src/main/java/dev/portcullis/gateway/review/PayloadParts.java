package dev.portcullis.gateway.review;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Collects the stretches of a payload, so that it is copied once, when its size is known. */
final class PayloadParts {
    private final List<Bytes> parts = new ArrayList<>();
    private int length;
    private int originalFrom;
    private int originalTo;

    static PayloadParts of(Bytes bytes) {
        PayloadParts parts = new PayloadParts();
        parts.append(bytes);
        return parts;
    }

    void append(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        append(new Bytes(bytes, 0, bytes.length));
    }

    /** Appends a member's name and its colon. */
    void appendName(String name) {
        append("\"" + new String(JsonStringEncoder.getInstance().quoteAsString(name)) + "\":");
    }

    void append(Bytes bytes) {
        parts.add(bytes);
        length = Math.addExact(length, bytes.length());
    }

    void append(PayloadParts other) {
        if (other.originalFrom != other.originalTo) {
            originalFrom = length + other.originalFrom;
            originalTo = length + other.originalTo;
        }
        parts.addAll(other.parts);
        length = Math.addExact(length, other.length);
    }

    /** Appends the value that a mutation starts from. */
    void appendOriginal(Bytes bytes) {
        originalFrom = length;
        append(bytes);
        originalTo = length;
    }

    Payload withSettings(byte[] settings) {
        byte[] middle = ",\"settings\":".getBytes(StandardCharsets.US_ASCII);
        byte[] json = new byte[Math.addExact(length, middle.length + settings.length + 1)];
        int at = 0;
        for (Bytes part : parts) {
            System.arraycopy(part.source(), part.from(), json, at, part.length());
            at += part.length();
        }
        System.arraycopy(middle, 0, json, at, middle.length);
        at += middle.length;
        System.arraycopy(settings, 0, json, at, settings.length);
        json[json.length - 1] = '}';
        return new Payload(json, originalFrom, originalTo);
    }
}
