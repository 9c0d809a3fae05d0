package dev.portcullis.gateway.route;

import dev.portcullis.gateway.trace.Span;
import dev.portcullis.gateway.trace.Spans;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The span {@code request} around everything that is done for one request (policy-server §21). */
final class RequestSpan {
    private static final Logger LOG = LoggerFactory.getLogger(RequestSpan.class);
    private static final String SPAN = "request";

    private RequestSpan() {}

    /** Begins it, and ends it when the client was answered or has gone. */
    static void begin(RoutingContext context, Spans spans) {
        long start = System.nanoTime();
        Span span =
                spans.begin(SPAN)
                        .put("method", context.request().method().name())
                        .put("uri", String.valueOf(context.request().uri()))
                        .put("version", version(context.request().version()));
        context.put(SPAN, span);
        context.addEndHandler(ended -> {
            Duration latency = Duration.ofNanos(System.nanoTime() - start);
            span.run(() ->
                    LOG.atInfo()
                            .addKeyValue("latency", latency.toMillis() + " ms")
                            .addKeyValue("status", context.response().getStatusCode())
                            .log("finished processing request"));
            span.end();
        });
    }

    static Span of(RoutingContext context) {
        return Objects.requireNonNull(context.<Span>get(SPAN), SPAN);
    }

    private static String version(HttpVersion version) {
        return switch (version) {
            case HTTP_1_0 -> "HTTP/1.0";
            case HTTP_1_1 -> "HTTP/1.1";
            case HTTP_2 -> "HTTP/2.0";
        };
    }
}
