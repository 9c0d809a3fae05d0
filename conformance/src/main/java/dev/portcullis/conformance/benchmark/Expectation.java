package dev.portcullis.conformance.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the answer to a request has to be. A fast wrong answer is no result, so every answer is held
 * against one of these.
 *
 * @param allowed the verdict
 * @param message the message of the status, with {@link ReviewTemplate#NUMBER} where the request's
 *     number belongs; null when any will do
 * @param patch the operations of the JSON patch; null when there must be none
 */
record Expectation(boolean allowed, @Nullable String message, @Nullable JsonNode patch) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 300;

    /**
     * The expectation that later answers are like this one.
     *
     * @throws BenchmarkException when it is not a verdict at all
     */
    static Expectation like(int status, Buffer body) {
        try {
            var response = JSON.readTree(body.getBytes()).path("response");
            if (status == 200 && response.path("allowed").isBoolean()) {
                return new Expectation(
                        response.path("allowed").booleanValue(),
                        response.path("status").path("message").textValue(),
                        patchOf(response));
            }
        } catch (IOException | IllegalArgumentException _) {
            // Falls through to the same complaint.
        }
        throw new BenchmarkException("the answer is no verdict: " + shown(status, body));
    }

    /** What is wrong with an answer to the request of this number; empty when nothing is. */
    Optional<String> mismatch(long number, int status, Buffer body) {
        if (status != 200) {
            return Optional.of("status is not 200: " + shown(status, body));
        }
        JsonNode response;
        JsonNode given;
        try {
            response = JSON.readTree(body.getBytes()).path("response");
            given = patchOf(response);
        } catch (IOException | IllegalArgumentException broken) {
            return Optional.of("not JSON (" + broken.getMessage() + "): " + shown(status, body));
        }
        var uid = ReviewTemplate.uidOf(number);
        if (!uid.equals(response.path("uid").textValue())) {
            return Optional.of("uid is not " + uid + ": " + shown(status, body));
        }
        if (!response.path("allowed").isBoolean()
                || response.path("allowed").booleanValue() != allowed) {
            return Optional.of("allowed is not " + allowed + ": " + shown(status, body));
        }
        if (message != null) {
            var wanted = message.replace(ReviewTemplate.NUMBER, Long.toString(number));
            if (!wanted.equals(response.path("status").path("message").textValue())) {
                return Optional.of("message is not '" + wanted + "': " + shown(status, body));
            }
        }
        if (!Objects.equals(patch, given)) {
            return Optional.of(
                    "patch is " + given + " and not " + patch + ": " + shown(status, body));
        }
        return Optional.empty();
    }

    private static @Nullable JsonNode patchOf(JsonNode response) throws IOException {
        var patch = response.path("patch");
        if (patch instanceof MissingNode || patch.isNull()) {
            return null;
        }
        return JSON.readTree(Base64.getDecoder().decode(patch.asText()));
    }

    private static String shown(int status, Buffer body) {
        var text = body.toString();
        return status + " " + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
    }
}
