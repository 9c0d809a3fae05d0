package dev.portcullis.gateway;

import dev.portcullis.capability.Capabilities;
import dev.portcullis.capability.CapabilityOptions;
import dev.portcullis.capability.kubernetes.KubernetesConnection;
import dev.portcullis.capability.kubernetes.KubernetesConnectionException;
import dev.portcullis.capability.kubernetes.KubernetesOptions;
import dev.portcullis.gateway.log.Logging;
import dev.portcullis.gateway.option.GatewayCommand;
import dev.portcullis.gateway.option.GatewayOptions;
import dev.portcullis.gateway.option.Invocation;
import dev.portcullis.gateway.policy.Entry;
import dev.portcullis.gateway.policy.LoadException;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.policy.PoliciesFile;
import dev.portcullis.gateway.policy.PoliciesFileException;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.policy.PolicyLoader;
import dev.portcullis.host.PolicyEngine;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.policy.WasmPolicyEngine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.Console;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the gateway: {@code portcullis-gateway} (policy-server §2). */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Duration LONGEST_QUESTION = Duration.ofSeconds(30);
    private static final int USAGE_ERROR = 2;
    private static final int START_ERROR = 1;

    private Main() {}

    /** Serves until the process is told to end; exit code 0 then, else one that says why not. */
    public static void main(String[] arguments) {
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        switch (GatewayCommand.of(List.of(arguments), System.getenv(), terminal)) {
            case Invocation.Print(var text) -> System.out.print(text);
            case Invocation.Refuse(var text) -> {
                System.err.print(text);
                System.exit(USAGE_ERROR);
            }
            case Invocation.Serve(var options) -> {
                try {
                    serve(options);
                } catch (StartException e) {
                    System.err.println(e.getMessage());
                    System.exit(START_ERROR);
                } catch (Throwable e) {
                    e.printStackTrace();
                    System.exit(START_ERROR);
                }
            }
        }
    }

    private static void serve(GatewayOptions options) throws StartException, InterruptedException {
        widenScheduler(options.workers());
        List<Entry> entries = entries(options);
        Logging.configure(options.log());
        Vertx vertx = vertx();
        PolicyEngine engine = new WasmPolicyEngine(options.workers(), StartLevel.Kind.INITIALISED);
        Policies policies = load(entries, engine, capabilities(vertx, options), options);
        // Loading decodes whole modules; what that took goes back to the system before requests
        // come.
        System.gc();
        Gateway gateway =
                done(
                        Gateway.start(vertx, options, policies),
                        "cannot listen on " + options.address());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway, engine), "shutdown"));
        LOG.atInfo()
                .addKeyValue("address", options.address())
                .addKeyValue("port", gateway.port())
                .addKeyValue("readiness_port", gateway.readinessPort())
                .addKeyValue("policies", policies.size())
                .log("ready");
    }

    /**
     * Guests compute on the carriers of virtual threads. With more carriers than workers there is
     * always one left for a thread that only passes an answer on.
     */
    private static void widenScheduler(int workers) {
        String parallelism = "jdk.virtualThreadScheduler.parallelism";
        String most = "jdk.virtualThreadScheduler.maxPoolSize";
        if (System.getProperty(parallelism) == null && System.getProperty(most) == null) {
            int carriers = Math.max(workers, Runtime.getRuntime().availableProcessors()) + 2;
            System.setProperty(parallelism, Integer.toString(carriers));
            System.setProperty(most, Integer.toString(Math.max(256, carriers)));
        }
    }

    private static List<Entry> entries(GatewayOptions options) throws StartException {
        try {
            return PoliciesFile.read(options.policies());
        } catch (PoliciesFileException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The file system of a pod is read-only, so Vert.x must not want a cache folder. */
    private static Vertx vertx() {
        return Vertx.vertx(
                new VertxOptions()
                        .setFileSystemOptions(
                                new FileSystemOptions()
                                        .setClassPathResolvingEnabled(false)
                                        .setFileCachingEnabled(false)));
    }

    private static Capabilities capabilities(Vertx vertx, GatewayOptions options)
            throws StartException {
        // Each evaluation waits for one answer at most, audit has half as many places again.
        int questions = options.maxEvaluations() + options.maxEvaluations() / 2 + 1;
        return done(
                Capabilities.deploy(
                        vertx,
                        new CapabilityOptions(
                                kubernetes(options),
                                KubernetesOptions.DEFAULT,
                                questions,
                                LONGEST_QUESTION)),
                "the host capabilities cannot be started");
    }

    private static Optional<KubernetesConnection> kubernetes(GatewayOptions options)
            throws StartException {
        try {
            return Optional.of(KubernetesConnection.infer());
        } catch (KubernetesConnectionException e) {
            String message =
                    "Cannot connect to Kubernetes, context aware policies would not work properly";
            if (!options.ignoreKubernetesConnectionFailure()) {
                throw new StartException(message + ": " + e.getMessage(), e);
            }
            System.err.println(message + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Policies load(
            List<Entry> entries,
            PolicyEngine engine,
            Capabilities capabilities,
            GatewayOptions options)
            throws StartException, InterruptedException {
        PolicyLoader loader =
                new PolicyLoader(
                        engine,
                        new GrantedCapabilities(capabilities),
                        options.guestLimits(),
                        Runtime.getRuntime().availableProcessors());
        Policies policies;
        try {
            policies = loader.load(entries);
        } catch (LoadException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
        List<Policy.Broken> broken = policies.broken();
        for (Policy.Broken each : broken) {
            LOG.atError()
                    .addKeyValue("policy_id", each.id())
                    .addKeyValue("module", each.url())
                    .addKeyValue("reason", each.message())
                    .log("policy cannot be used");
        }
        if (!broken.isEmpty() && !options.continueOnErrors()) {
            StringBuilder text = new StringBuilder("some policies cannot be used:");
            for (Policy.Broken each : broken) {
                text.append("\n  ").append(each.id()).append(" (").append(each.url()).append("): ");
                text.append(each.message());
            }
            throw new StartException(text.toString());
        }
        return policies;
    }

    private static <T> T done(Future<T> future, String otherwise) throws StartException {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartException(otherwise + ": " + cause.getMessage(), cause);
        }
    }

    /** Ends with exit code 0: the Java process would report the signal instead. */
    private static void end(Gateway gateway, PolicyEngine engine) {
        LOG.info("ending: no more requests are taken");
        gateway.stop();
        engine.close();
        Runtime.getRuntime().halt(0);
    }
}
