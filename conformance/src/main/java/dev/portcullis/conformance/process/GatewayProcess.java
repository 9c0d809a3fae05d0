package dev.portcullis.conformance.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;

/** A gateway in a process of its own, on loopback ports of its own, as an operator starts it. */
public final class GatewayProcess implements AutoCloseable {
    private static final Duration READY_BOUND = Duration.ofMinutes(5);
    private static final Duration PROBE_BOUND = Duration.ofSeconds(2);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(10);
    private static final int PORT_ATTEMPTS = 3;

    private final ServerProcess process;
    private final URI url;
    private final Duration timeToReady;

    private GatewayProcess(ServerProcess process, URI url, Duration timeToReady) {
        this.process = process;
        this.url = url;
        this.timeToReady = timeToReady;
    }

    /**
     * Starts a gateway and returns when its readiness probe answers 200. It runs on the JDK that
     * this JVM runs on.
     *
     * @param log made anew
     * @throws ProcessException when there is no launcher, or it ends or is not ready in five
     *     minutes
     */
    public static GatewayProcess start(GatewayLaunch launch, Path log) {
        if (!Files.isExecutable(launch.launcher())) {
            throw new ProcessException(
                    "there is no "
                            + launch.launcher().toAbsolutePath()
                            + "; build it with: mvn package");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return startOnce(launch, log);
            } catch (ProcessException failure) {
                // Between finding a port free and listening on it another process may take it.
                if (attempt == PORT_ATTEMPTS
                        || !String.valueOf(failure.getMessage())
                                .contains("Address already in use")) {
                    throw failure;
                }
            }
        }
    }

    private static GatewayProcess startOnce(GatewayLaunch launch, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Files.deleteIfExists(log);
        } catch (IOException failure) {
            throw new ProcessException("can not write " + log, failure);
        }
        int port = LoopbackPorts.free();
        int probePort = LoopbackPorts.free();
        long started = System.nanoTime();
        var process =
                ServerProcess.start(
                        "gateway",
                        launch.command(port, probePort),
                        Map.of(
                                "JAVA_HOME",
                                System.getProperty("java.home"),
                                "KUBECONFIG",
                                launch.kubeconfig().toAbsolutePath().toString()),
                        log,
                        Optional.empty());
        try {
            awaitReady(process, URI.create("http://127.0.0.1:" + probePort + "/readiness"));
        } catch (RuntimeException failure) {
            process.stop();
            throw failure;
        }
        var timeToReady = Duration.ofNanos(System.nanoTime() - started);
        var url = URI.create(launch.scheme() + "://127.0.0.1:" + port);
        return new GatewayProcess(process, url, timeToReady);
    }

    /** Where reviews are sent. */
    public URI url() {
        return url;
    }

    /** From the start of the process to the first answer of its readiness probe. */
    public Duration timeToReady() {
        return timeToReady;
    }

    /** The process id; the gateway may have started others. */
    public long pid() {
        return process.pid();
    }

    /** Whether it has not ended yet. */
    public boolean running() {
        return process.running();
    }

    /** What it ended with; empty while it runs. */
    public OptionalInt exitCode() {
        return process.exitCode();
    }

    /** Whether it runs and the last lines of its log, for the message of a failure. */
    public String lastWords() {
        return process.lastWords();
    }

    /** Tells it to end with SIGTERM and returns when it has; by force after ten seconds. */
    @Override
    public void close() {
        process.stop();
    }

    private static void awaitReady(ServerProcess process, URI probe) {
        long deadline = System.nanoTime() + READY_BOUND.toNanos();
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(probe).timeout(PROBE_BOUND).build();
            while (!answers(client, request)) {
                if (!process.running() || System.nanoTime() > deadline) {
                    throw new ProcessException("the gateway is not ready; " + process.lastWords());
                }
                LockSupport.parkNanos(PROBE_PAUSE.toNanos());
            }
        }
    }

    private static boolean answers(HttpClient client, HttpRequest probe) {
        try {
            return client.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // nobody listens yet
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ProcessException("interrupted while the gateway starts", interrupted);
        }
    }
}
