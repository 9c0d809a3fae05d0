package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.certificate.TestAuthority;
import dev.portcullis.conformance.cluster.Kubeconfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Plays the part of a Kubernetes API server that takes its time over permissions.
 *
 * <p>It knows one namespace, {@value #NAMESPACE}, which belongs to the customer {@value #CUSTOMER},
 * with one Service, {@value #SERVICE}. Discovery, gets, lists and watches are answered at once;
 * each SubjectAccessReview is answered "allowed" after a delay. That is the lookup to wait on: a
 * policy can ask for a fresh answer, so nothing between it and this server may answer from memory.
 *
 * <p>It speaks as a real one does: TLS, HTTP/2 with at most a hundred streams on a connection, and
 * watches over WebSocket or as a response without end.
 */
final class SlowApiServer implements AutoCloseable {
    static final String NAMESPACE = "painters";
    static final String CUSTOMER = "vermeer";
    static final String SERVICE = "easel-auth";

    /** What kube-apiserver grants unless told otherwise. */
    private static final int STREAMS_PER_CONNECTION = 100;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    private final TestAuthority authority = TestAuthority.named("slow API server");
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpServer server;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> users = new HashSet<>();
    private Duration delay = Duration.ZERO;
    private int total;
    private int waiting;
    private int mostAtOnce;
    private long countedFrom = System.nanoTime();
    private Duration last = Duration.ZERO;

    /**
     * What was asked since {@link #slowDown}.
     *
     * @param total how many SubjectAccessReviews
     * @param users for how many different users
     * @param mostAtOnce how many waited for their answer at the same time, at most
     * @param last when the last of them came, counted from {@link #slowDown}
     */
    record Lookups(int total, int users, int mostAtOnce, Duration last) {}

    private SlowApiServer() {
        var credential = authority.server("slow-api-server");
        var options =
                new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(
                                new PemKeyCertOptions()
                                        .addCertValue(Buffer.buffer(credential.certificatePem()))
                                        .addKeyValue(Buffer.buffer(credential.keyPem())))
                        .setInitialSettings(
                                new Http2Settings()
                                        .setMaxConcurrentStreams(STREAMS_PER_CONNECTION));
        server =
                vertx.createHttpServer(options)
                        .webSocketHandler(_ -> {}) // a watch on which nothing ever happens
                        .requestHandler(this::answer);
    }

    /**
     * Starts one that does not delay yet.
     *
     * @throws BenchmarkException when it can not listen
     */
    static SlowApiServer start() {
        var started = new SlowApiServer();
        try {
            started.server.listen().await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new BenchmarkException("the slow API server does not start", late);
        }
        return started;
    }

    /** Where it listens. */
    URI url() {
        return URI.create("https://127.0.0.1:" + server.actualPort());
    }

    /** Signs its certificate. */
    TestAuthority authority() {
        return authority;
    }

    /** Writes a kubeconfig for it and returns the file. */
    Path kubeconfig(Path file) {
        return Kubeconfig.write(file, url(), authority.credential(), "anybody");
    }

    /** From now on each SubjectAccessReview takes this long; counting starts again. */
    void slowDown(Duration delay) {
        locked(() -> {
            this.delay = delay;
            users.clear();
            total = 0;
            mostAtOnce = waiting;
            countedFrom = System.nanoTime();
            last = Duration.ZERO;
        });
    }

    /** What was asked since {@link #slowDown}. */
    Lookups lookups() {
        lock.lock();
        try {
            return new Lookups(total, users.size(), mostAtOnce, last);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        try {
            vertx.close().await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new BenchmarkException("the slow API server does not stop", late);
        }
    }

    private void answer(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.POST) && pathOf(request).equals(REVIEWS)) {
            request.body().onSuccess(body -> review(request, body.toJsonObject()));
        } else if (!request.method().equals(HttpMethod.GET)) {
            send(request, 405, failure(405, "only GET and SubjectAccessReview are played here"));
        } else if ("true".equals(request.getParam("watch"))
                || "1".equals(request.getParam("watch"))) {
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .setChunked(true)
                    .writeHead();
        } else {
            get(request);
        }
    }

    private void review(HttpServerRequest request, JsonObject question) {
        var answer = question.copy().put("status", new JsonObject().put("allowed", true));
        answer.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SubjectAccessReview");
        var user = question.getJsonObject("spec", new JsonObject()).getString("user", "");
        long millis = arrived(user).toMillis();
        Runnable reply =
                () -> {
                    locked(() -> waiting--);
                    send(request, 201, answer);
                };
        if (millis == 0) {
            reply.run();
        } else {
            vertx.setTimer(millis, _ -> reply.run());
        }
    }

    /** Counts a lookup and returns how long it is to take. */
    private Duration arrived(String user) {
        lock.lock();
        try {
            users.add(user);
            total++;
            last = Duration.ofNanos(System.nanoTime() - countedFrom);
            waiting++;
            mostAtOnce = Math.max(mostAtOnce, waiting);
            return delay;
        } finally {
            lock.unlock();
        }
    }

    private static void get(HttpServerRequest request) {
        var found =
                switch (pathOf(request)) {
                    case "/version" -> new JsonObject().put("gitVersion", "v1.34.2");
                    case "/api" ->
                            new JsonObject()
                                    .put("kind", "APIVersions")
                                    .put("versions", new JsonArray().add("v1"));
                    case "/apis" -> groups();
                    case "/api/v1" ->
                            resources(
                                    "v1",
                                    resource("namespaces", "Namespace", false),
                                    resource("services", "Service", true));
                    case "/apis/authorization.k8s.io/v1" ->
                            resources(
                                    "authorization.k8s.io/v1",
                                    resource("subjectaccessreviews", "SubjectAccessReview", false));
                    case "/api/v1/namespaces" ->
                            isAboutTheOthers(request)
                                    ? list("Namespace")
                                    : list("Namespace", namespace());
                    case "/api/v1/namespaces/" + NAMESPACE -> namespace();
                    case "/api/v1/services", "/api/v1/namespaces/" + NAMESPACE + "/services" ->
                            list("Service", service());
                    case "/api/v1/namespaces/" + NAMESPACE + "/services/" + SERVICE -> service();
                    default -> failure(404, "nothing is played at " + pathOf(request));
                };
        send(request, found.getInteger("code", 200), found);
    }

    /** The policy lists the namespaces besides its own that claim the customer; there are none. */
    private static boolean isAboutTheOthers(HttpServerRequest request) {
        var fields = request.getParam("fieldSelector");
        return fields != null && fields.contains("!=");
    }

    private static String pathOf(HttpServerRequest request) {
        return Objects.requireNonNullElse(request.path(), "");
    }

    private static void send(HttpServerRequest request, int status, JsonObject body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(body.toBuffer());
    }

    private static JsonObject groups() {
        var version =
                new JsonObject()
                        .put("groupVersion", "authorization.k8s.io/v1")
                        .put("version", "v1");
        var group =
                new JsonObject()
                        .put("name", "authorization.k8s.io")
                        .put("versions", new JsonArray().add(version))
                        .put("preferredVersion", version);
        return new JsonObject()
                .put("kind", "APIGroupList")
                .put("apiVersion", "v1")
                .put("groups", new JsonArray().add(group));
    }

    private static JsonObject resources(String groupVersion, JsonObject... resources) {
        return new JsonObject()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", groupVersion)
                .put("resources", arrayOf(resources));
    }

    private static JsonObject resource(String plural, String kind, boolean namespaced) {
        return new JsonObject()
                .put("name", plural)
                .put("singularName", kind.toLowerCase(Locale.ROOT))
                .put("namespaced", namespaced)
                .put("kind", kind)
                .put("verbs", new JsonArray().add("create").add("get").add("list").add("watch"));
    }

    private static JsonObject list(String kind, JsonObject... items) {
        return new JsonObject()
                .put("kind", kind + "List")
                .put("apiVersion", "v1")
                .put("metadata", new JsonObject().put("resourceVersion", "1000"))
                .put("items", arrayOf(items));
    }

    private static JsonObject namespace() {
        return object("Namespace", NAMESPACE)
                .put("spec", new JsonObject())
                .put("status", new JsonObject().put("phase", "Active"));
    }

    private static JsonObject service() {
        var service = object("Service", SERVICE);
        service.getJsonObject("metadata").put("namespace", NAMESPACE);
        var port = new JsonObject().put("protocol", "TCP").put("port", 443).put("targetPort", 8443);
        return service.put("spec", new JsonObject().put("ports", new JsonArray().add(port)));
    }

    private static JsonObject object(String kind, String name) {
        return new JsonObject()
                .put("kind", kind)
                .put("apiVersion", "v1")
                .put(
                        "metadata",
                        new JsonObject()
                                .put("name", name)
                                .put("uid", "uid-of-" + name)
                                .put("resourceVersion", "7")
                                .put("labels", new JsonObject().put("customer-id", CUSTOMER)));
    }

    private static JsonObject failure(int code, String message) {
        return new JsonObject()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("reason", code == 404 ? "NotFound" : "MethodNotAllowed")
                .put("message", message)
                .put("code", code);
    }

    private static JsonArray arrayOf(JsonObject... objects) {
        var array = new JsonArray();
        for (var object : objects) {
            array.add(object);
        }
        return array;
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }
}
