package dev.portcullis.gateway.review;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a raw review: the value of {@code request} goes to the guest byte for byte. */
final class RawReader {
    private final Cursor cursor;
    private String uid = "";
    private @Nullable Bytes request;

    RawReader(Cursor cursor) {
        this.cursor = cursor;
    }

    Review.Raw read() throws IOException, InvalidReviewException {
        cursor.members("", "a map with a request", this::member);
        if (request == null) {
            throw cursor.missing("", "request");
        }
        PayloadParts parts = new PayloadParts();
        parts.append("{\"request\":");
        parts.appendOriginal(request);
        return new Review.Raw(uid, parts);
    }

    private void member(String name) throws IOException, InvalidReviewException {
        if (!name.equals("request")) {
            cursor.skip();
        } else if (cursor.isObject()) {
            int from = cursor.start();
            cursor.members(name, "any value", this::memberOfRequest);
            request = cursor.since(from);
        } else {
            request = cursor.value();
        }
    }

    private void memberOfRequest(String name) throws IOException {
        String text = name.equals("uid") ? cursor.stringOrNull() : null;
        if (text != null) {
            uid = text;
        }
        cursor.skip();
    }
}
