package dev.portcullis.gateway.review;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a body once and hands out its values as stretches of bytes.
 *
 * <p>It refuses whatever two readers may understand differently: the same member twice, anything
 * after the end, text that is no UTF-8, nesting or numbers without bound. Otherwise this process
 * could judge one value and the policy another.
 */
final class Cursor implements AutoCloseable {
    private static final int DEEPEST = 500;
    private static final int LONGEST_NUMBER = 1_000;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(JsonFactory.Feature.CHARSET_DETECTION)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(DEEPEST)
                                    .maxNumberLength(LONGEST_NUMBER)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private final byte[] body;
    private final JsonParser parser;

    private Cursor(byte[] body, JsonParser parser) {
        this.body = body;
        this.parser = parser;
    }

    /** What a reader makes of a body. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Cursor cursor) throws IOException, InvalidReviewException;
    }

    /** What is done with a member's value; the cursor stands on its first token. */
    @FunctionalInterface
    interface MemberReader {
        void read(String name) throws IOException, InvalidReviewException;
    }

    /** Reads the whole body; anything after its one value is an error. */
    static <T> T read(byte[] body, Reader<T> reader) throws InvalidReviewException {
        UnicodeCheck.check(body);
        try (Cursor cursor = new Cursor(body, JSON.createParser(body))) {
            if (cursor.parser.nextToken() == null) {
                throw InvalidReviewException.malformed("EOF while parsing a value");
            }
            T value = reader.read(cursor);
            if (cursor.parser.nextToken() != null) {
                throw InvalidReviewException.malformed("trailing characters" + cursor.place());
            }
            return value;
        } catch (JsonProcessingException e) {
            throw InvalidReviewException.malformed(e.getOriginalMessage() + place(e.getLocation()));
        } catch (IOException | IllegalStateException e) {
            throw InvalidReviewException.malformed(String.valueOf(e.getMessage()));
        }
    }

    /** Visits the members of the object that the cursor stands on, to its end. */
    void members(String path, String expected, MemberReader reader)
            throws IOException, InvalidReviewException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw unexpected(path, expected);
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            reader.read(name);
        }
    }

    /** Visits the elements of the array that the cursor stands on, to its end. */
    void elements(String path, String expected, MemberReader reader)
            throws IOException, InvalidReviewException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw unexpected(path, expected);
        }
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            reader.read("[" + i + "]");
        }
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    boolean isObject() {
        return parser.currentToken() == JsonToken.START_OBJECT;
    }

    /** The string that the cursor stands on; null when it stands on something else. */
    @Nullable String stringOrNull() throws IOException {
        return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
    }

    String string(String path) throws IOException, InvalidReviewException {
        String text = stringOrNull();
        if (text == null) {
            throw unexpected(path, "a string");
        }
        return text;
    }

    /** The bytes of the value that the cursor stands on, which must be of this kind. */
    Bytes scalar(String path, String expected, Predicate<JsonToken> kind)
            throws IOException, InvalidReviewException {
        if (!kind.test(parser.currentToken())) {
            throw unexpected(path, expected);
        }
        return value();
    }

    /** The bytes of the value that the cursor stands on, whatever it is. */
    Bytes value() throws IOException {
        int from = start();
        if (parser.currentToken().isStructStart()) {
            parser.skipChildren();
        }
        return since(from);
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    /** Where the value begins that the cursor stands on. */
    int start() {
        return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    /** The bytes from here to the end of the value that was read last. */
    Bytes since(int from) throws IOException {
        parser.finishToken();
        return new Bytes(body, from, Math.toIntExact(parser.currentLocation().getByteOffset()));
    }

    InvalidReviewException missing(String path, String member) {
        return InvalidReviewException.mismatch(path, "missing field `" + member + "`" + place());
    }

    private InvalidReviewException unexpected(String path, String expected) {
        String found =
                switch (parser.currentToken()) {
                    case START_OBJECT -> "map";
                    case START_ARRAY -> "sequence";
                    case VALUE_STRING -> "string";
                    case VALUE_NUMBER_INT -> "integer";
                    case VALUE_NUMBER_FLOAT -> "floating point";
                    case VALUE_TRUE, VALUE_FALSE -> "boolean";
                    default -> "null";
                };
        return InvalidReviewException.mismatch(
                path, "invalid type: " + found + ", expected " + expected + place());
    }

    private String place() {
        return place(parser.currentLocation());
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null
                ? ""
                : " at line " + location.getLineNr() + " column " + location.getColumnNr();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
