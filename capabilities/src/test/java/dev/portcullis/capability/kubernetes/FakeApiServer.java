package dev.portcullis.capability.kubernetes;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Enough of an API server to look things up, list, watch, be slow, refuse and go away. */
public final class FakeApiServer implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Consumer<HttpServerRequest>> paths = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<ServerWebSocket> watches = new CopyOnWriteArrayList<>();
    private final HttpServerOptions options;
    private volatile Duration delay = Duration.ZERO;
    private volatile HttpServer server;

    public FakeApiServer() {
        this(new HttpServerOptions());
    }

    FakeApiServer(HttpServerOptions options) {
        this.options = options;
        server = listen(0);
        json(
                "/api/v1",
                resources(
                        resource("configmaps", "ConfigMap", true),
                        resource("namespaces", "Namespace", false),
                        resource("pods", "Pod", true),
                        resource("pods/eviction", "Eviction", true),
                        resource("services", "Service", true)));
        json("/apis/apps/v1", resources(resource("deployments", "Deployment", true)));
    }

    private HttpServer listen(int port) {
        return vertx.createHttpServer(options)
                .requestHandler(this::handle)
                .webSocketHandler(this::watch)
                .listen(port, "127.0.0.1")
                .await();
    }

    private void handle(HttpServerRequest request) {
        requests.add(request.method() + " " + request.uri());
        Duration wait = delay;
        if (wait.isZero()) {
            dispatch(request);
        } else {
            vertx.setTimer(wait.toMillis(), _ -> dispatch(request));
        }
    }

    private void dispatch(HttpServerRequest request) {
        Consumer<HttpServerRequest> handler = paths.get(request.path());
        if (handler == null) {
            request.response().setStatusCode(404).end("404 page not found");
        } else {
            handler.accept(request);
        }
    }

    private void watch(ServerWebSocket socket) {
        requests.add("WATCH " + socket.uri());
        watches.add(socket);
        socket.closeHandler(_ -> watches.remove(socket));
    }

    public static JsonObject resource(String plural, String kind, boolean namespaced) {
        return JsonObject.of("name", plural, "kind", kind, "namespaced", namespaced);
    }

    public static JsonObject resources(JsonObject... resources) {
        return JsonObject.of(
                "kind",
                "APIResourceList",
                "resources",
                new JsonArray(List.of((Object[]) resources)));
    }

    public static JsonObject object(String namespace, String name) {
        return JsonObject.of(
                "metadata",
                JsonObject.of("name", name, "namespace", namespace, "resourceVersion", "1"));
    }

    /** What every list of these objects looks like; served in pages where the client asks so. */
    public void list(String path, List<JsonObject> objects) {
        on(
                path,
                request -> {
                    int from = Integer.parseInt(request.getParam("continue", "0"));
                    int limit = Integer.parseInt(request.getParam("limit", "1000000"));
                    int to = Math.min(objects.size(), from + limit);
                    var metadata = JsonObject.of("resourceVersion", "100");
                    if (to < objects.size()) {
                        metadata.put("continue", Integer.toString(to));
                    }
                    request.response()
                            .putHeader("content-type", "application/json")
                            .end(
                                    JsonObject.of(
                                                    "kind",
                                                    "List",
                                                    "apiVersion",
                                                    "v1",
                                                    "metadata",
                                                    metadata,
                                                    "items",
                                                    new JsonArray(objects.subList(from, to)))
                                            .toBuffer());
                });
    }

    public void json(String path, JsonObject body) {
        raw(path, 200, body.toBuffer());
    }

    public void raw(String path, int status, Buffer body) {
        on(
                path,
                request ->
                        request.response()
                                .setStatusCode(status)
                                .putHeader("content-type", "application/json")
                                .end(body));
    }

    public void refuse(String path, int status, String message) {
        raw(path, status, status(status, message).toBuffer());
    }

    public static JsonObject status(int code, String message) {
        return JsonObject.of(
                "kind",
                "Status",
                "apiVersion",
                "v1",
                "status",
                "Failure",
                "message",
                message,
                "code",
                code,
                "details",
                JsonObject.of("name", "x"));
    }

    public void on(String path, Consumer<HttpServerRequest> handler) {
        paths.put(path, handler);
    }

    public void remove(String path) {
        paths.remove(path);
    }

    /** Sends an event to all watches. */
    public void emit(String type, JsonObject object) {
        watches.forEach(watch ->
                watch.writeTextMessage(JsonObject.of("type", type, "object", object).encode()));
    }

    public void breakWatches() {
        watches.forEach(ServerWebSocket::close);
    }

    public int watches() {
        return watches.size();
    }

    public void delay(Duration duration) {
        delay = duration;
    }

    public List<String> requests() {
        return List.copyOf(requests);
    }

    public long count(String request) {
        return requests.stream().filter(request::equals).count();
    }

    /** From here on connections are refused. */
    public void stop() {
        int port = server.actualPort();
        server.shutdown(Duration.ZERO.toMillis(), TimeUnit.MILLISECONDS).await();
        stopped = port;
    }

    private volatile int stopped;

    /** On the same port as before. */
    public void restart() {
        server = listen(stopped);
    }

    int port() {
        return server.actualPort();
    }

    public KubernetesConnection connect(Path folder)
            throws IOException, KubernetesConnectionException {
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: fake
                contexts:
                - name: fake
                  context: {cluster: fake, user: fake}
                clusters:
                - name: fake
                  cluster: {server: "http://127.0.0.1:%d"}
                users:
                - name: fake
                  user: {token: secret}
                """
                        .formatted(server.actualPort()));
        return KubernetesConnection.fromKubeconfig(kubeconfig);
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}
