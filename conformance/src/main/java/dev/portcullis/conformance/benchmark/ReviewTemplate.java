package dev.portcullis.conformance.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An AdmissionReview from which one body after the other is made: each has a uid of its own and its
 * number wherever the review says {@value #NUMBER}. Making a body copies bytes and parses nothing.
 */
final class ReviewTemplate {
    /** Stands for the number of a request, in reviews and in expected messages. */
    static final String NUMBER = "@NUMBER@";

    private static final String UID = "@UID@";
    private static final Pattern PLACEHOLDERS = Pattern.compile(UID + "|" + NUMBER);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a body is made of, in order. */
    private sealed interface Piece {
        record Text(Buffer bytes) implements Piece {}

        record Uid() implements Piece {}

        record Sequence() implements Piece {}
    }

    private final List<Piece> pieces;

    private ReviewTemplate(List<Piece> pieces) {
        this.pieces = List.copyOf(pieces);
    }

    /**
     * A template from a review, whose own uid is forgotten.
     *
     * @throws BenchmarkException when it has no {@code request} object
     */
    static ReviewTemplate of(JsonNode review) {
        if (!(review.deepCopy() instanceof ObjectNode copy)
                || !(copy.get("request") instanceof ObjectNode request)) {
            throw new BenchmarkException("not an AdmissionReview: it has no object named request");
        }
        request.put("uid", UID);
        try {
            return new ReviewTemplate(split(JSON.writeValueAsString(copy)));
        } catch (JsonProcessingException broken) {
            throw new BenchmarkException("can not write a review as JSON", broken);
        }
    }

    /** The uid of the request with this number; no two numbers share one. */
    static String uidOf(long number) {
        return "00000000-0000-4000-8000-%012x".formatted(number);
    }

    /** The body of the request with this number. */
    Buffer body(long number) {
        var body = Buffer.buffer();
        for (var piece : pieces) {
            switch (piece) {
                case Piece.Text(var bytes) -> body.appendBuffer(bytes);
                case Piece.Uid() -> body.appendString(uidOf(number));
                case Piece.Sequence() -> body.appendString(Long.toString(number));
            }
        }
        return body;
    }

    private static List<Piece> split(String text) {
        var pieces = new ArrayList<Piece>();
        var placeholder = PLACEHOLDERS.matcher(text);
        int end = 0;
        while (placeholder.find()) {
            pieces.add(new Piece.Text(Buffer.buffer(text.substring(end, placeholder.start()))));
            pieces.add(placeholder.group().equals(UID) ? new Piece.Uid() : new Piece.Sequence());
            end = placeholder.end();
        }
        pieces.add(new Piece.Text(Buffer.buffer(text.substring(end))));
        return pieces;
    }
}
