package dev.portcullis.gateway.telemetry;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

/** Takes what OTLP exporters push with gRPC over plain HTTP/2. */
public final class FakeCollector implements AutoCloseable {
    private static final int PREFIX = 5;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();
    private final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
    private final List<String> headers = new CopyOnWriteArrayList<>();

    /** Listens on a free port of the loopback interface. */
    public FakeCollector() {
        server =
                vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                        .requestHandler(
                                request -> request.body().onSuccess(body -> take(request, body)))
                        .listen()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
    }

    private void take(HttpServerRequest request, Buffer body) {
        request.headers().forEach((name, value) -> headers.add(name + ": " + value));
        try {
            byte[] message = body.getBytes(PREFIX, PREFIX + body.getInt(1));
            if (body.getByte(0) == 1) {
                try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(message))) {
                    message = unzipped.readAllBytes();
                }
            }
            switch (String.valueOf(request.path())) {
                case "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" ->
                        metrics.add(ExportMetricsServiceRequest.parseFrom(message));
                case "/opentelemetry.proto.collector.trace.v1.TraceService/Export" ->
                        traces.add(ExportTraceServiceRequest.parseFrom(message));
                default -> throw new IllegalStateException("unexpected " + request.path());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        request.response()
                .putHeader("content-type", "application/grpc")
                .putTrailer("grpc-status", "0")
                .end(Buffer.buffer(new byte[PREFIX]));
    }

    /** Variables that lead an exporter here, and make it hurry. */
    public Map<String, String> environment() {
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + server.actualPort(),
                "OTEL_EXPORTER_OTLP_HEADERS",
                "x-tenant=blue",
                "OTEL_METRIC_EXPORT_INTERVAL",
                "200",
                "OTEL_BSP_SCHEDULE_DELAY",
                "200");
    }

    /** Every push of measurements, oldest first. */
    public List<ExportMetricsServiceRequest> metrics() {
        return metrics;
    }

    /** Every push of spans, oldest first. */
    public List<ExportTraceServiceRequest> traces() {
        return traces;
    }

    /** The headers of all pushes, each {@code name: value}. */
    public List<String> headers() {
        return headers;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
