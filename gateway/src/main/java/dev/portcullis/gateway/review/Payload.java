package dev.portcullis.gateway.review;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What a guest gets to read (guest-abi §6.1), and where in it the value stands that the guest may
 * change.
 */
public final class Payload {
    private static final ObjectReader READER =
            JsonMapper.builder()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build()
                    .readerFor(JsonNode.class);

    private final byte[] json;
    private final int originalFrom;
    private final int originalTo;

    Payload(byte[] json, int originalFrom, int originalTo) {
        this.json = json;
        this.originalFrom = originalFrom;
        this.originalTo = originalTo;
    }

    /** UTF-8 JSON {@code {"request": …, "settings": {…}}}; must not be changed. */
    public byte[] json() {
        return json;
    }

    /**
     * The value that a mutation starts from, parsed anew: {@code request.object} of an admission
     * review, the whole request of a raw one. Null when the review has no object.
     */
    public @Nullable JsonNode original() {
        if (originalFrom == originalTo) {
            return null;
        }
        try {
            return READER.readValue(json, originalFrom, originalTo - originalFrom);
        } catch (IOException e) {
            throw new UncheckedIOException("a value that was read before cannot be read again", e);
        }
    }
}
