package dev.portcullis.gateway;

import dev.portcullis.gateway.option.GatewayCommand;
import dev.portcullis.gateway.option.GatewayOptions;
import dev.portcullis.gateway.option.Invocation;
import dev.portcullis.gateway.option.LogOptions;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.telemetry.Telemetry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway on free ports of the loopback interface, and a client for it. */
public final class RunningGateway implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Vertx vertx = Vertx.vertx();
    private final Telemetry telemetry;
    private final Gateway gateway;

    private RunningGateway(
            GatewayOptions options, Policies policies, Map<String, String> environment)
            throws Exception {
        telemetry =
                Telemetry.start(
                        options.pushMetrics(),
                        options.log().format() == LogOptions.Format.OTLP,
                        environment);
        gateway =
                Gateway.start(vertx, options, policies, telemetry)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
    }

    /** Serves these policies with these flags. */
    public static RunningGateway serving(List<? extends Policy> policies, String... flags)
            throws Exception {
        return serving(policies, Map.of(), flags);
    }

    /** Serves with these variables for its telemetry. */
    public static RunningGateway serving(
            List<? extends Policy> policies, Map<String, String> environment, String... flags)
            throws Exception {
        return new RunningGateway(options(flags), new Policies(policies), environment);
    }

    /** What these flags mean, with free ports of the loopback interface. */
    public static GatewayOptions options(String... flags) {
        List<String> all = new ArrayList<>(List.of("--addr", "127.0.0.1", "--port", "0"));
        all.addAll(List.of("--readiness-probe-port", "0"));
        all.addAll(List.of(flags));
        Invocation invocation = GatewayCommand.of(all, Map.of(), false);
        if (invocation instanceof Invocation.Serve serve) {
            return serve.options();
        }
        throw new AssertionError("these flags do not serve: " + invocation);
    }

    public Gateway gateway() {
        return gateway;
    }

    public HttpResponse<String> post(String path, String body) throws Exception {
        return post(path, body, "application/json");
    }

    public HttpResponse<String> post(String path, String body, @Nullable String contentType)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("content-type", contentType);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> send(HttpRequest request) throws Exception {
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + gateway.port() + path);
    }

    public HttpResponse<String> readiness() throws Exception {
        return getOnReadinessPort("/readiness");
    }

    public HttpResponse<String> getOnReadinessPort(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.readinessPort() + path);
        return send(HttpRequest.newBuilder(uri).GET().build());
    }

    @Override
    public void close() {
        gateway.stop();
        telemetry.close();
    }
}
