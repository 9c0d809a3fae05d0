package dev.portcullis.host.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A validation request taken apart without changing a byte of its parts.
 *
 * @param request the JSON of {@code request}
 * @param settings the JSON of {@code settings}, an object
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one evaluation and is never compared
record RequestParts(byte[] request, byte[] settings) {
    private static final List<String> PARTS = List.of("request", "settings");
    private static final JsonFactory JSON = JsonFactory.builder().build();

    /** The payload of {@link dev.portcullis.host.PolicyModule#validate}. */
    static RequestParts of(byte[] payload) throws IOException {
        var found = new byte[2][];
        eachMember(
                payload,
                (name, from, to) -> {
                    int part = PARTS.indexOf(name);
                    if (part >= 0) {
                        if (found[part] != null) {
                            throw new IOException("the payload has two members " + name);
                        }
                        found[part] = Arrays.copyOfRange(payload, from, to);
                    }
                });
        if (found[0] == null || found[1] == null) {
            throw new IOException("the payload has no request or no settings");
        }
        return new RequestParts(found[0], found[1]);
    }

    /** A member's name, and where its value begins and ends. */
    private interface Member {
        void at(String name, int from, int to) throws IOException;
    }

    private static void eachMember(byte[] object, Member member) throws IOException {
        try (JsonParser parser = JSON.createParser(object)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected an object");
            }
            for (var name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (!parser.currentToken().isStructEnd()) {
                    parser.finishToken();
                }
                member.at(name, from, (int) parser.currentLocation().getByteOffset());
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw new IOException("expected one object and nothing behind it");
            }
        }
    }

    /** Whether an object has a member of this name. */
    static boolean hasMember(byte[] object, String wanted) throws IOException {
        var found = new boolean[1];
        eachMember(object, (name, _, _) -> found[0] |= name.equals(wanted));
        return found[0];
    }

    /** The object with this member, in the place of one of that name if it has it. */
    static byte[] withMember(byte[] object, String added, byte[] value) throws IOException {
        var out = new ByteArrayOutputStream(object.length + value.length + added.length() + 8);
        out.write('{');
        writeName(added, out);
        out.writeBytes(value);
        eachMember(
                object,
                (name, from, to) -> {
                    if (!name.equals(added)) {
                        out.write(',');
                        writeName(name, out);
                        out.write(object, from, to - from);
                    }
                });
        out.write('}');
        return out.toByteArray();
    }

    private static void writeName(String name, ByteArrayOutputStream out) {
        out.write('"');
        out.writeBytes(
                new String(JsonStringEncoder.getInstance().quoteAsString(name))
                        .getBytes(StandardCharsets.UTF_8));
        out.writeBytes(new byte[] {'"', ':'});
    }
}
