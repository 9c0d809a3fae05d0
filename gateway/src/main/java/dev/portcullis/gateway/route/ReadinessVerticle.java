package dev.portcullis.gateway.route;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Tells whether requests are welcome: {@code GET /readiness}, on a port of its own and always in
 * plain HTTP. Runs on an event loop. Deploy it after everything else is up.
 */
public final class ReadinessVerticle extends VerticleBase {
    private final String address;
    private final int wantedPort;
    private final BooleanSupplier ready;
    private final AtomicInteger port;

    /**
     * A probe.
     *
     * @param wantedPort 0 lets the system choose
     * @param ready false once the gateway is ending
     * @param port receives the port that is listened on
     */
    public ReadinessVerticle(
            String address, int wantedPort, BooleanSupplier ready, AtomicInteger port) {
        this.address = address;
        this.wantedPort = wantedPort;
        this.ready = ready;
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
        router.errorHandler(404, context -> Answer.empty(context, 404));
        return vertx.createHttpServer(new HttpServerOptions().setHost(address).setPort(wantedPort))
                .requestHandler(router)
                .listen()
                .onSuccess(server -> port.set(server.actualPort()));
    }
}
