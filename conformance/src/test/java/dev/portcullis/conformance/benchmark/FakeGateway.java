package dev.portcullis.conformance.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers the benchmark's reviews as its policies would, without Wasm. As a program it takes the
 * gateway's flags.
 */
final class FakeGateway implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BACKLOG = 1000;

    private final HttpServer reviews;
    private final ReentrantLock lock = new ReentrantLock();
    private Fault fault = Fault.NONE;
    private long lateMillis;

    /** What the fake does wrong. */
    enum Fault {
        NONE,
        WRONG_UID,
        WRONG_VERDICT,
        WRONG_MESSAGE,
        WRONG_PATCH,
        STATUS_500,
        HANG_UP,
        GARBAGE
    }

    private FakeGateway(int port) throws IOException {
        reviews =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        reviews.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        reviews.createContext("/validate/", this::answer);
        reviews.start();
    }

    static FakeGateway start() throws IOException {
        return new FakeGateway(0);
    }

    /** The program: {@code --port}, {@code --readiness-probe-port} and others, as the gateway. */
    public static void main(String[] flags) throws IOException {
        var gateway = new FakeGateway(Integer.parseInt(valueOf("--port", flags)));
        if (Arrays.asList(flags).contains("--wrong-uid")) {
            gateway.fault = Fault.WRONG_UID;
        }
        if (!JSON.readTree(Path.of(valueOf("--policies", flags)).toFile())
                .path("required-labels")
                .path("module")
                .asText()
                .startsWith("file:///")) {
            throw new IllegalArgumentException("the policies file names no module");
        }
        var readiness =
                HttpServer.create(
                        new InetSocketAddress(
                                valueOf("--addr", flags),
                                Integer.parseInt(valueOf("--readiness-probe-port", flags))),
                        BACKLOG);
        readiness.createContext(
                "/readiness",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        readiness.start();
    }

    int port() {
        return reviews.getAddress().getPort();
    }

    /** Makes every following answer wrong in this way. */
    void answerWith(Fault fault) {
        lock.lock();
        try {
            this.fault = fault;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the server stop for a time, once, at the next request. */
    void stallOnce(long millis) {
        lock.lock();
        try {
            lateMillis = millis;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        reviews.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var request = JSON.readTree(exchange.getRequestBody().readAllBytes()).path("request");
        var response = JSON.createObjectNode();
        response.put("uid", request.path("uid").asText());
        switch (path) {
            case "/validate/required-labels" -> requireLabels(request, response);
            case "/validate/add-annotations" -> annotate(request, response);
            case "/validate/team-owner" -> askWhatTheUserMay(request, response);
            default -> throw new IOException("no such policy: " + path);
        }
        var current = currentFaultAfterStalling();
        switch (current) {
            case NONE, STATUS_500, HANG_UP, GARBAGE -> {}
            case WRONG_UID -> response.put("uid", ReviewTemplate.uidOf(-1));
            case WRONG_VERDICT -> response.put("allowed", !response.path("allowed").asBoolean());
            case WRONG_MESSAGE -> response.putObject("status").put("message", "wrong");
            case WRONG_PATCH -> response.put("patch", base64("[]"));
        }
        var review = JSON.createObjectNode();
        review.put("kind", "AdmissionReview").put("apiVersion", "admission.k8s.io/v1");
        review.set("response", response);
        if (current == Fault.HANG_UP) {
            throw new IOException("hang up");
        }
        var body =
                current == Fault.GARBAGE
                        ? "This is not JSON.".getBytes(StandardCharsets.UTF_8)
                        : JSON.writeValueAsBytes(review);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(current == Fault.STATUS_500 ? 500 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Fault currentFaultAfterStalling() {
        lock.lock(); // while one request stalls, so do the others
        try {
            if (lateMillis > 0) {
                Thread.sleep(lateMillis);
                lateMillis = 0;
            }
            return fault;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        } finally {
            lock.unlock();
        }
    }

    private static void requireLabels(JsonNode request, ObjectNode response) {
        var owner = request.at("/object/metadata/labels/owner").asText();
        var right = owner.matches("[a-z]+");
        response.put("allowed", right);
        if (!right) {
            response.putObject("status")
                    .put(
                            "message",
                            "label \"owner\" is \"" + owner + "\", which does not match [a-z]+");
        }
    }

    private static void annotate(JsonNode request, ObjectNode response) {
        response.put("allowed", true);
        if (!request.path("object").path("metadata").has("annotations")) {
            response.put("patchType", "JSONPatch");
            response.put(
                    "patch",
                    base64(
                            "[{\"op\":\"add\",\"path\":\"/metadata/annotations\",\"value\":"
                                    + "{\"painters.example.test/varnish\":\"matt\"}}]"));
        }
    }

    private static void askWhatTheUserMay(JsonNode request, ObjectNode response) {
        var review =
                new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(request.at("/userInfo/username").asText())
                        .withNewResourceAttributes()
                        .withNamespace(request.path("namespace").asText())
                        .withVerb("get")
                        .withResource("secrets")
                        .endResourceAttributes()
                        .endSpec()
                        .build();
        var answer = Cluster.CLIENT.resource(review).create();
        response.put("allowed", answer.getStatus().getAllowed());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String valueOf(String flag, String[] flags) {
        return flags[Arrays.asList(flags).indexOf(flag) + 1];
    }

    private static final class Cluster {
        private static final KubernetesClient CLIENT = connect();

        private static KubernetesClient connect() {
            var config = Config.fromKubeconfig(Path.of(System.getenv("KUBECONFIG")).toFile());
            // Over HTTP/2 the client would use one connection, and that carries 100 requests.
            config.setHttp2Disable(true);
            return new KubernetesClientBuilder().withConfig(config).build();
        }
    }
}
