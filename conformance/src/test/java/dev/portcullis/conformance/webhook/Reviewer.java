package dev.portcullis.conformance.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.conformance.certificate.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** Posts reviews to a gateway, as an API server does. */
final class Reviewer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BOUND = Duration.ofSeconds(60);

    private final URI gateway;
    private final HttpClient http;

    Reviewer(URI gateway, Optional<TestAuthority> authority) {
        this.gateway = gateway;
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        authority.ifPresent(trusted -> builder.sslContext(trusted.trustingContext()));
        http = builder.build();
    }

    /** The {@code response} of a review that is answered with 200 and its own uid. */
    JsonNode ask(String path, JsonNode review) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(gateway.resolve(path))
                        .timeout(BOUND)
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                        JSON.writeValueAsBytes(review)))
                        .build();
        var answer = http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        var response = JSON.readTree(answer.body()).path("response");
        assertThat(response.path("uid")).isEqualTo(review.path("request").path("uid"));
        return response;
    }

    /** What is to be changed; null when nothing is. */
    static Optional<JsonNode> patchOf(JsonNode response) throws IOException {
        if (!response.hasNonNull("patch")) {
            return Optional.empty();
        }
        assertThat(response.path("patchType").asText()).isEqualTo("JSONPatch");
        var patch = Base64.getDecoder().decode(response.path("patch").asText());
        return Optional.of(JSON.readTree(patch));
    }

    static String messageOf(JsonNode response) {
        return response.path("status").path("message").asText();
    }

    @Override
    public void close() {
        http.close();
    }
}
