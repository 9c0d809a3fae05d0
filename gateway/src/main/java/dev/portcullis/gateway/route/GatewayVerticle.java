package dev.portcullis.gateway.route;

import dev.portcullis.gateway.evaluate.Evaluators;
import dev.portcullis.gateway.option.GatewayOptions;
import dev.portcullis.gateway.option.TlsOptions;
import dev.portcullis.gateway.policy.Policies;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for reviews (policy-server §10). Runs on an event loop and never blocks it; deploy one
 * per core.
 */
public final class GatewayVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayVerticle.class);

    /** Asks Vert.x for a free port that all instances share. */
    private static final int ANY_SHARED_PORT = -1;

    /** Kubernetes kills a process 30 seconds after it asked it to end. */
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private static final Duration LINGER = Duration.ofSeconds(2);

    private final GatewayOptions options;
    private final Policies policies;
    private final AtomicInteger port;
    private @Nullable HttpServer server;

    /**
     * A listener.
     *
     * @param port receives the port that is listened on
     */
    public GatewayVerticle(GatewayOptions options, Policies policies, AtomicInteger port) {
        this.options = options;
        this.policies = policies;
        this.port = port;
    }

    @Override
    public Future<?> start() {
        HttpServer listener = vertx.createHttpServer(serverOptions()).requestHandler(router());
        server = listener;
        return listener.listen().onSuccess(listening -> port.set(listening.actualPort()));
    }

    /** Stops listening and waits for the requests under way to be answered. */
    @Override
    public Future<?> stop() {
        return server == null
                ? Future.succeededFuture()
                : server.shutdown(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private HttpServerOptions serverOptions() {
        HttpServerOptions server =
                new HttpServerOptions()
                        .setHost(options.address())
                        .setPort(options.port() == 0 ? ANY_SHARED_PORT : options.port())
                        .setHandle100ContinueAutomatically(true)
                        .setUseAlpn(false);
        TlsOptions tls = options.tls();
        if (tls == null) {
            return server;
        }
        server.setSsl(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"))
                .setKeyCertOptions(
                        new PemKeyCertOptions()
                                .setCertPath(tls.certificate().toString())
                                .setKeyPath(tls.key().toString()));
        if (!tls.clientAuthorities().isEmpty()) {
            PemTrustOptions authorities = new PemTrustOptions();
            for (Path authority : tls.clientAuthorities()) {
                authorities.addCertPath(authority.toString());
            }
            server.setTrustOptions(authorities).setClientAuth(ClientAuth.REQUIRED);
        }
        return server;
    }

    private Router router() {
        Router router = Router.router(vertx);
        for (Endpoint endpoint : Endpoint.values()) {
            ReviewHandler handler =
                    new ReviewHandler(
                            endpoint,
                            policies,
                            Evaluators.of(vertx),
                            options.policyTimeout(),
                            options.alwaysAcceptNamespace());
            router.postWithRegex(endpoint.path()).handler(handler::arrive);
            router.postWithRegex(endpoint.path())
                    .handler(BodyHandler.create(false).setBodyLimit(options.bodyLimit().bytes()))
                    .handler(handler::judge)
                    .failureHandler(context -> fail(context, endpoint));
            router.routeWithRegex(endpoint.path()).handler(context -> notAllowed(context, "POST"));
        }
        router.errorHandler(404, context -> Answer.empty(context, 404));
        router.errorHandler(500, GatewayVerticle::broken);
        return router;
    }

    static void notAllowed(RoutingContext context, String allowed) {
        context.response().putHeader("allow", allowed);
        Answer.empty(context, 405);
    }

    private static void fail(RoutingContext context, Endpoint endpoint) {
        if (context.statusCode() == 413) {
            hangUpSoon(context);
            Answer.bodyError(context, endpoint, 413, Answer.TOO_LARGE);
        } else {
            broken(context);
        }
    }

    /**
     * Leaves the client time to read the answer while it still sends, then closes the connection:
     * Vert.x would wait for the rest of a body for as long as the client likes. HTTP/2 has streams
     * for that.
     */
    private static void hangUpSoon(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader("connection", "close");
            HttpConnection connection = context.request().connection();
            context.vertx().setTimer(LINGER.toMillis(), timer -> connection.close());
        }
    }

    private static void broken(RoutingContext context) {
        if (context.response().closed() || context.failure() instanceof IOException) {
            LOG.debug("a client left before it was answered", context.failure());
        } else {
            LOG.error("a request could not be answered", context.failure());
        }
        Answer.error(context, 500, Answer.BROKEN);
    }
}
