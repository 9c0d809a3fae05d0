package dev.portcullis.gateway;

import dev.portcullis.gateway.evaluate.EvaluatorVerticle;
import dev.portcullis.gateway.evaluate.Evaluators;
import dev.portcullis.gateway.metrics.Gauges;
import dev.portcullis.gateway.metrics.PolicyMetrics;
import dev.portcullis.gateway.option.GatewayOptions;
import dev.portcullis.gateway.option.TlsOptions;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.route.GatewayVerticle;
import dev.portcullis.gateway.route.ReadinessVerticle;
import dev.portcullis.gateway.telemetry.Telemetry;
import dev.portcullis.gateway.tls.CertificateVerticle;
import dev.portcullis.gateway.tls.ServerTls;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running fleet of verticles. */
public final class Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Vertx vertx;
    private final AtomicReference<@Nullable String> listeners = new AtomicReference<>();
    private final AtomicBoolean ready = new AtomicBoolean();
    private final AtomicInteger port = new AtomicInteger();
    private final AtomicInteger readinessPort = new AtomicInteger();

    private Gateway(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Listens, and once that works says so on the readiness port. The future fails when a listener
     * cannot be opened.
     *
     * @param telemetry where measurements go; outlives the gateway
     */
    public static Future<Gateway> start(
            Vertx vertx, GatewayOptions options, Policies policies, Telemetry telemetry) {
        Gateway gateway = new Gateway(vertx);
        PolicyMetrics metrics = new PolicyMetrics(telemetry.meter());
        Evaluators.register(vertx);
        EvaluatorVerticle evaluator =
                new EvaluatorVerticle(
                        options.workers(),
                        options.maxEvaluations(),
                        options.guestLimits(),
                        metrics);
        Gauges gauges = new Gauges(telemetry.meter());
        Bounds.of(evaluator::usage, gauges);
        Bounds.of(policies, gauges);
        DeploymentOptions perCore =
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        return vertx.deployVerticle(evaluator)
                .compose(deployed -> tls(vertx, options.tls()))
                .compose(tls ->
                        vertx.deployVerticle(
                                        () ->
                                                new GatewayVerticle(
                                                        options,
                                                        policies,
                                                        tls,
                                                        metrics,
                                                        telemetry.spans(),
                                                        gateway.port),
                                        perCore)
                                .onSuccess(gateway.listeners::set)
                                .compose(deployed -> watch(vertx, tls)))
                .compose(deployed -> {
                    gateway.ready.set(true);
                    return vertx.deployVerticle(
                            new ReadinessVerticle(
                                    options.address(),
                                    options.readinessPort(),
                                    gateway.ready::get,
                                    telemetry.scraper(),
                                    gateway.readinessPort));
                })
                .map(deployed -> gateway);
    }

    private static Future<@Nullable ServerTls> tls(Vertx vertx, @Nullable TlsOptions options) {
        return options == null
                ? Future.succeededFuture()
                : vertx.executeBlocking(() -> ServerTls.read(vertx, options));
    }

    private static Future<?> watch(Vertx vertx, @Nullable ServerTls tls) {
        return tls == null
                ? Future.succeededFuture()
                : vertx.deployVerticle(new CertificateVerticle(tls));
    }

    /**
     * Says on the readiness port that no more requests are welcome, stops listening, and waits a
     * while for those under way to be answered. Then nothing of the gateway runs any more.
     *
     * <p>Blocks; not to be called on an event loop.
     */
    public void stop() {
        ready.set(false);
        String deployed = listeners.getAndSet(null);
        if (deployed != null) {
            try {
                vertx.undeploy(deployed).toCompletionStage().toCompletableFuture().join();
            } catch (CompletionException e) {
                LOG.warn("the listeners could not be closed in good order", e);
            }
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** The port that takes reviews. */
    public int port() {
        return port.get();
    }

    /** The port that tells readiness. */
    public int readinessPort() {
        return readinessPort.get();
    }
}
