package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.process.LoopbackPorts;
import dev.portcullis.conformance.process.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A gateway in a process of its own, on loopback ports of its own, as an operator starts it. */
final class GatewayProcess implements AutoCloseable {
    private static final Duration READY_BOUND = Duration.ofMinutes(5);
    private static final Duration PROBE_BOUND = Duration.ofSeconds(2);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(10);

    private final ServerProcess process;
    private final URI url;
    private final Duration timeToReady;

    private GatewayProcess(ServerProcess process, URI url, Duration timeToReady) {
        this.process = process;
        this.url = url;
        this.timeToReady = timeToReady;
    }

    /**
     * Starts a gateway and returns when its readiness probe answers 200.
     *
     * @param launcher {@code dist/bin/portcullis-gateway}
     * @param kubeconfig what it uses as Kubernetes API server; never the user's own
     * @param options more of its flags
     * @param log made anew
     * @throws BenchmarkException when there is no launcher, or it ends or is not ready in five
     *     minutes
     */
    static GatewayProcess start(
            Path launcher,
            Path policies,
            int workers,
            Path kubeconfig,
            List<String> options,
            Path log) {
        if (!Files.isExecutable(launcher)) {
            throw new BenchmarkException(
                    "there is no " + launcher.toAbsolutePath() + "; build it with: mvn package");
        }
        int port = LoopbackPorts.free();
        int probePort = LoopbackPorts.free();
        var command = new ArrayList<String>();
        command.add(launcher.toAbsolutePath().toString());
        command.addAll(List.of("--addr", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--readiness-probe-port", Integer.toString(probePort)));
        command.addAll(List.of("--policies", policies.toAbsolutePath().toString()));
        command.addAll(List.of("--workers", Integer.toString(workers)));
        command.addAll(options);
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Files.deleteIfExists(log);
        } catch (IOException failure) {
            throw new BenchmarkException("can not write " + log, failure);
        }
        long started = System.nanoTime();
        var process =
                ServerProcess.start(
                        "gateway",
                        command,
                        Map.of("KUBECONFIG", kubeconfig.toAbsolutePath().toString()),
                        log,
                        Optional.empty());
        try {
            awaitReady(process, URI.create("http://127.0.0.1:" + probePort + "/readiness"));
        } catch (RuntimeException failure) {
            process.stop();
            throw failure;
        }
        var timeToReady = Duration.ofNanos(System.nanoTime() - started);
        return new GatewayProcess(process, URI.create("http://127.0.0.1:" + port), timeToReady);
    }

    /** Where reviews are sent. */
    URI url() {
        return url;
    }

    /** From the start of the process to the first answer of its readiness probe. */
    Duration timeToReady() {
        return timeToReady;
    }

    /** What the gateway has in RAM, with whatever processes it started. */
    ResidentMemory memory() {
        if (!process.running()) {
            throw new BenchmarkException(process.lastWords());
        }
        var own = ResidentMemory.of(process.pid());
        return ProcessHandle.of(process.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(child -> ResidentMemory.of(child.pid()))
                .reduce(own, ResidentMemory::plus);
    }

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
                    throw new BenchmarkException(
                            "the gateway is not ready; " + process.lastWords());
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
            throw new BenchmarkException("interrupted while the gateway starts", interrupted);
        }
    }
}
