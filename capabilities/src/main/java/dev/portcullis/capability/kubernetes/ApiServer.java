package dev.portcullis.capability.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.Deadline;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Plain requests to the API server, with their bodies as they are: what a guest sees is what the
 * server sent, not what a typed model kept of it. Calls block until their deadline at the latest.
 */
final class ApiServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_TYPE = "application/json";

    private final HttpClient http;
    private final String url;
    private final int answerBytes;

    ApiServer(KubernetesClient client, int answerBytes) {
        this.http = client.getHttpClient();
        String master = client.getMasterUrl().toString();
        this.url = master.endsWith("/") ? master.substring(0, master.length() - 1) : master;
        this.answerBytes = answerBytes;
    }

    /**
     * @param path begins with a slash, quoted where needed
     */
    byte[] get(String path, Deadline deadline) throws LookupException, InterruptedException {
        return send(http.newHttpRequestBuilder().uri(url + path), deadline);
    }

    byte[] post(String path, byte[] body, Deadline deadline)
            throws LookupException, InterruptedException {
        return send(
                http.newHttpRequestBuilder()
                        .uri(url + path)
                        .post(JSON_TYPE, new String(body, StandardCharsets.UTF_8)),
                deadline);
    }

    private byte[] send(HttpRequest.Builder builder, Deadline deadline)
            throws LookupException, InterruptedException {
        Duration left = deadline.remaining();
        if (left.toMillis() < 1) {
            throw tooLate();
        }
        HttpRequest request =
                builder.header("Accept", JSON_TYPE)
                        .timeout(left.toMillis(), TimeUnit.MILLISECONDS)
                        .build();
        var body = new Body(answerBytes);
        var sent = http.consumeBytes(request, body);
        boolean complete = false;
        try {
            HttpResponse<AsyncBody> response = await(sent, deadline);
            response.body().consume();
            await(response.body().done(), deadline);
            complete = true;
            if (!response.isSuccessful()) {
                throw refusal(response.code(), body.bytes());
            }
            return body.bytes();
        } finally {
            if (!complete) {
                abandon(sent);
            }
        }
    }

    /** Frees the connection, now or as soon as the headers of the response arrive. */
    private static void abandon(CompletableFuture<HttpResponse<AsyncBody>> sent) {
        var _ = sent.thenAccept(response -> response.body().cancel());
        sent.cancel(true);
    }

    private <T> T await(CompletableFuture<T> future, Deadline deadline)
            throws LookupException, InterruptedException {
        try {
            return future.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw tooLate();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof LookupException lookup) {
                throw lookup;
            }
            if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
                throw tooLate();
            }
            throw LookupException.unreachable(Objects.requireNonNullElse(cause, failed));
        }
    }

    private static LookupException tooLate() {
        return new LookupException.TooLate("the Kubernetes API server did not answer in time");
    }

    private static LookupException refusal(int status, byte[] body) {
        String reason = "";
        boolean aboutAnObject = false;
        try {
            JsonNode parsed = JSON.readTree(body);
            if (parsed != null && parsed.path("kind").asText().equals("Status")) {
                reason = parsed.path("message").asText();
                aboutAnObject = parsed.path("details").hasNonNull("name");
            }
        } catch (IOException notJson) {
            // A proxy or an unknown path answers in plain text; the status says enough.
        }
        return new LookupException.Refused(
                status,
                aboutAnObject,
                "the Kubernetes API server answered "
                        + status
                        + (reason.isEmpty() ? "" : ": " + reason));
    }

    /** Collects a body up to a bound. */
    private static final class Body implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final int bound;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Body(int bound) {
            this.bound = bound;
        }

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) throws Exception {
            synchronized (bytes) {
                for (ByteBuffer buffer : buffers) {
                    if (bytes.size() + buffer.remaining() > bound) {
                        throw new LookupException(
                                "the answer of the Kubernetes API server is longer than "
                                        + bound
                                        + " bytes");
                    }
                    byte[] chunk = new byte[buffer.remaining()];
                    buffer.get(chunk);
                    bytes.write(chunk);
                }
            }
            body.consume();
        }

        byte[] bytes() {
            synchronized (bytes) {
                return bytes.toByteArray();
            }
        }
    }
}
