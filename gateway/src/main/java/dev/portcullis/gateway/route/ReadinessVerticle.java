package dev.portcullis.gateway.route;

import dev.portcullis.gateway.telemetry.Scraper;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether requests are welcome, {@code GET /readiness}, and what was measured, {@code GET
 * /metrics}, on a port of its own and always in plain HTTP. Runs on an event loop. Deploy it after
 * everything else is up.
 */
public final class ReadinessVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ReadinessVerticle.class);

    private final String address;
    private final int wantedPort;
    private final BooleanSupplier ready;
    private final Scraper metrics;
    private final AtomicInteger port;

    /**
     * A probe.
     *
     * @param wantedPort 0 lets the system choose
     * @param ready false once the gateway is ending
     * @param metrics what was measured
     * @param port receives the port that is listened on
     */
    public ReadinessVerticle(
            String address,
            int wantedPort,
            BooleanSupplier ready,
            Scraper metrics,
            AtomicInteger port) {
        this.address = address;
        this.wantedPort = wantedPort;
        this.ready = ready;
        this.metrics = metrics;
        this.port = port;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        router.get("/readiness")
                .handler(context -> Answer.empty(context, ready.getAsBoolean() ? 200 : 503));
        router.head("/readiness")
                .handler(context -> Answer.empty(context, ready.getAsBoolean() ? 200 : 503));
        router.route("/readiness")
                .handler(context -> GatewayVerticle.notAllowed(context, "GET,HEAD"));
        router.get("/metrics").handler(this::showMetrics);
        router.route("/metrics").handler(context -> GatewayVerticle.notAllowed(context, "GET"));
        router.errorHandler(404, context -> Answer.empty(context, 404));
        return vertx.createHttpServer(new HttpServerOptions().setHost(address).setPort(wantedPort))
                .requestHandler(router)
                .listen()
                .onSuccess(server -> port.set(server.actualPort()));
    }

    /** Collecting asks every gauge, so it is done on a worker thread. */
    private void showMetrics(RoutingContext context) {
        String accept = context.request().getHeader("accept");
        vertx.executeBlocking(() -> metrics.scrape(accept), false)
                .onSuccess(scrape -> Answer.text(context, 200, scrape.contentType(), scrape.body()))
                .onFailure(failure -> {
                    LOG.error("metrics cannot be shown", failure);
                    Answer.empty(context, 500);
                });
    }
}
