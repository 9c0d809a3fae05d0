package dev.portcullis.conformance.cluster;

import dev.portcullis.conformance.certificate.TestAuthority;
import dev.portcullis.conformance.process.LoopbackPorts;
import dev.portcullis.conformance.process.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubernetes API server with its etcd, as processes on loopback, for one test class.
 *
 * <p>The API is real: discovery, RBAC, admission webhooks, watches. There are no nodes and no
 * controllers, so a Deployment is stored and nothing becomes of it, and webhooks are reached by
 * {@code clientConfig.url}.
 *
 * <p>The processes end with {@link #close}, and also when the JVM exits or is killed. All state is
 * in a temporary folder that goes with them; only the logs stay. Methods may be called from any
 * thread.
 */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private static final Duration START_BOUND = Duration.ofMinutes(2);
    private static final Duration PROBE_BOUND = Duration.ofSeconds(5);
    private static final Duration PROBE_PAUSE = Duration.ofMillis(50);
    private static final int PORT_ATTEMPTS = 3;
    private static final String LOOPBACK = "127.0.0.1";

    private static final class Programs {
        private static final Availability FOUND = ClusterPrograms.prepare();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread shutdownHook = new Thread(this::abandon, "portcullis-cluster-shutdown");

    private final Path programs;
    private final Path logs;
    private final Path state;
    private final TestAuthority authority;
    private final Map<String, String> tokens;
    private final HttpClient http;

    private volatile @Nullable ServerProcess etcd;
    private volatile @Nullable ServerProcess apiServer;
    private int etcdPort;
    private int apiServerPort;
    private boolean closed;

    private Cluster(Path programs, Path logs, Path state, List<ClusterUser> users)
            throws IOException {
        this.programs = programs;
        this.logs = logs;
        this.state = state;
        authority = TestAuthority.named("portcullis test cluster");
        http = HttpClient.newBuilder().sslContext(authority.trustingContext()).build();
        tokens = writeTokens(users);
        Files.writeString(certificateAuthority(), authority.credential().certificatePem());
        authority.server("kube-apiserver").writeTo(state, "server");
        authority.server("service accounts").writeTo(state, "service-accounts");
    }

    /**
     * Whether {@link #start} has what it needs. The first call on a machine builds the programs,
     * which takes minutes; later ones find them.
     *
     * @throws ClusterException when the programs could be built and their build failed
     */
    public static Availability availability() {
        return Programs.FOUND;
    }

    /**
     * Starts a cluster and returns when it is ready to be used. It knows {@link ClusterUser#ADMIN}
     * and the given users.
     *
     * @param logs where {@code etcd.log} and {@code kube-apiserver.log} are written and stay,
     *     usually {@code conformance/target/cluster/<test>}; made when missing
     * @throws ClusterException when the programs are not to be had or the cluster is not ready
     *     within two minutes; nothing is left running then
     */
    public static Cluster start(Path logs, ClusterUser... users) {
        var programs =
                switch (availability()) {
                    case Availability.Available(var folder) -> folder;
                    case Availability.Missing missing ->
                            throw new ClusterException(missing.reason());
                };
        var everyone = new ArrayList<>(List.of(ClusterUser.ADMIN));
        everyone.addAll(List.of(users));
        Cluster cluster;
        try {
            Files.createDirectories(logs);
            for (var log : List.of("etcd.log", "kube-apiserver.log")) {
                Files.deleteIfExists(logs.resolve(log));
            }
            cluster =
                    new Cluster(
                            programs,
                            logs,
                            Files.createTempDirectory("portcullis-cluster-"),
                            everyone);
        } catch (IOException failure) {
            throw new ClusterException("can not write the files of a cluster", failure);
        }
        Runtime.getRuntime().addShutdownHook(cluster.shutdownHook);
        try {
            cluster.startEtcd();
            cluster.startApiServerOnFreshPort();
        } catch (RuntimeException failure) {
            cluster.close();
            throw failure;
        }
        return cluster;
    }

    /** Where the API server listens; stays the same over restarts. */
    public URI url() {
        return URI.create("https://" + LOOPBACK + ":" + apiServerPort);
    }

    /** A PEM file with the certificate that clients of the API server are to trust. */
    public Path certificateAuthority() {
        return state.resolve("authority.crt");
    }

    /** Signs the API server's certificate; its client credentials log in as their common name. */
    public TestAuthority authority() {
        return authority;
    }

    /** The bearer token of {@link ClusterUser#ADMIN}. */
    public String adminToken() {
        return token(ClusterUser.ADMIN);
    }

    /**
     * The bearer token of a user.
     *
     * @throws IllegalArgumentException when the cluster was started without this user
     */
    public String token(ClusterUser user) {
        var token = tokens.get(user.name());
        if (token == null) {
            throw new IllegalArgumentException(
                    "the cluster was started without the user " + user.name());
        }
        return token;
    }

    /** A kubeconfig file of {@link ClusterUser#ADMIN}. */
    public Path kubeconfig() {
        return kubeconfig(ClusterUser.ADMIN);
    }

    /**
     * A kubeconfig file that is complete in itself and logs in as the user.
     *
     * @throws IllegalArgumentException when the cluster was started without this user
     */
    public Path kubeconfig(ClusterUser user) {
        return Kubeconfig.write(
                state.resolve("kubeconfig-" + user.name()),
                url(),
                authority.credential(),
                token(user));
    }

    /** The {@code kubectl} of the same version. */
    public Path kubectl() {
        return programs.resolve("kubectl");
    }

    /**
     * Freezes the API server: connections are still accepted by the kernel, and nothing answers.
     *
     * @throws ClusterException when it is not running
     */
    public void pauseApiServer() {
        locked(() -> runningApiServer().pause());
    }

    /** Lets a frozen API server go on. */
    public void resumeApiServer() {
        locked(() -> runningApiServer().resume());
    }

    /** Stops the API server; from now on connections are refused. Its data stay. */
    public void stopApiServer() {
        locked(() -> {
            var running = apiServer;
            if (running != null) {
                running.stop();
                apiServer = null;
            }
        });
    }

    /**
     * Starts the API server after {@link #stopApiServer}, on its old port, and returns when it is
     * ready.
     */
    public void startApiServer() {
        locked(() -> {
            if (closed) {
                throw new ClusterException("the cluster is closed");
            }
            if (apiServer == null) {
                launchApiServer();
            }
        });
    }

    /** {@link #stopApiServer} and {@link #startApiServer}. */
    public void restartApiServer() {
        stopApiServer();
        startApiServer();
    }

    /**
     * Every process that belongs to the cluster now. None of them is alive after {@link #close}.
     */
    public List<ProcessHandle> processes() {
        var handles = new ArrayList<ProcessHandle>();
        for (var server : servers()) {
            handles.addAll(server.handles());
        }
        return handles;
    }

    /** Stops everything and deletes everything but the logs. Closing twice is harmless. */
    @Override
    public void close() {
        locked(() -> {
            if (closed) {
                return;
            }
            closed = true;
            servers().forEach(ServerProcess::stop);
            apiServer = null;
            etcd = null;
            http.shutdownNow();
            deleteState();
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException _) {
                LOG.debug("the JVM is shutting down; its hook has nothing left to do");
            }
        });
    }

    private void startEtcd() {
        startOnFreePort(() -> {
            etcdPort = LoopbackPorts.free();
            int peerPort = LoopbackPorts.free();
            var server =
                    ServerProcess.start(
                            "etcd",
                            etcdCommand(peerPort),
                            Map.of(),
                            logs.resolve("etcd.log"),
                            Optional.of(state));
            etcd = server;
            awaitReady(server, List.of(etcdUrl() + "/readyz"));
        });
    }

    private void startApiServerOnFreshPort() {
        startOnFreePort(() -> {
            apiServerPort = LoopbackPorts.free();
            launchApiServer();
        });
    }

    private void launchApiServer() {
        var server =
                ServerProcess.start(
                        "kube-apiserver",
                        apiServerCommand(),
                        Map.of(),
                        logs.resolve("kube-apiserver.log"),
                        Optional.of(state));
        apiServer = server;
        // The server counts itself ready before it has made the namespace that most tests use.
        awaitReady(server, List.of(url() + "/readyz", url() + "/api/v1/namespaces/default"));
    }

    /** Between finding a port free and listening on it another process may take it. */
    private void startOnFreePort(Runnable start) {
        for (int attempt = 1; ; attempt++) {
            try {
                start.run();
                return;
            } catch (PortTakenException taken) {
                if (attempt == PORT_ATTEMPTS) {
                    throw new ClusterException("no port stayed free until it was used", taken);
                }
            }
        }
    }

    private List<String> etcdCommand(int peerPort) {
        var peerUrl = "http://" + LOOPBACK + ":" + peerPort;
        return List.of(
                programs.resolve("etcd").toString(),
                "--name=test",
                "--data-dir=" + state.resolve("etcd-" + etcdPort),
                "--listen-client-urls=" + etcdUrl(),
                "--advertise-client-urls=" + etcdUrl(),
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=test=" + peerUrl,
                // The data are gone when the machine is, so waiting for the disk buys nothing.
                "--unsafe-no-fsync",
                "--log-level=warn");
    }

    private String etcdUrl() {
        return "http://" + LOOPBACK + ":" + etcdPort;
    }

    private List<String> apiServerCommand() {
        return List.of(
                programs.resolve("kube-apiserver").toString(),
                "--etcd-servers=" + etcdUrl(),
                "--bind-address=" + LOOPBACK,
                "--advertise-address=" + LOOPBACK,
                // No endpoint may be made for an address on loopback, and nobody needs one here.
                "--endpoint-reconciler-type=none",
                "--secure-port=" + apiServerPort,
                "--cert-dir=" + state.resolve("apiserver"),
                "--tls-cert-file=" + state.resolve("server.crt"),
                "--tls-private-key-file=" + state.resolve("server.key"),
                "--client-ca-file=" + certificateAuthority(),
                "--token-auth-file=" + state.resolve("tokens.csv"),
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + state.resolve("service-accounts.crt"),
                "--service-account-signing-key-file=" + state.resolve("service-accounts.key"),
                "--service-cluster-ip-range=10.96.0.0/16",
                "--authorization-mode=RBAC",
                // It would wait for service accounts that only a controller makes.
                "--disable-admission-plugins=ServiceAccount");
    }

    /** Waits until every URL answers 200 to the admin, in this order. */
    private void awaitReady(ServerProcess server, List<String> urls) {
        var deadline = Instant.now().plus(START_BOUND);
        for (var url : urls) {
            var answer = "nothing was asked yet";
            while (!answer.equals("200")) {
                if (!server.running()) {
                    var words = server.lastWords();
                    server.stop(); // its guardian still waits
                    throw words.contains("address already in use")
                            ? new PortTakenException(words)
                            : new ClusterException(words);
                }
                if (Instant.now().isAfter(deadline)) {
                    throw new ClusterException(
                            url + " is not ready (" + answer + "); " + server.lastWords());
                }
                answer = probe(url);
            }
        }
    }

    private String probe(String url) {
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(PROBE_BOUND)
                        .header("Authorization", "Bearer " + adminToken())
                        .build();
        try {
            int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status != 200) {
                LockSupport.parkNanos(PROBE_PAUSE.toNanos());
            }
            return Integer.toString(status);
        } catch (IOException notYet) {
            LockSupport.parkNanos(PROBE_PAUSE.toNanos());
            return notYet.toString();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while waiting for " + url, interrupted);
        }
    }

    private Map<String, String> writeTokens(List<ClusterUser> users) throws IOException {
        var random = new SecureRandom();
        var made = new LinkedHashMap<String, String>();
        var lines = new ArrayList<String>();
        for (var user : users) {
            var secret = new byte[16];
            random.nextBytes(secret);
            var token = HexFormat.of().formatHex(secret);
            if (made.put(user.name(), token) != null) {
                throw new IllegalArgumentException("two cluster users are named " + user.name());
            }
            lines.add(
                    "%s,%s,uid-of-%s,\"%s\""
                            .formatted(
                                    token,
                                    user.name(),
                                    user.name(),
                                    String.join(",", user.groups())));
        }
        Files.write(state.resolve("tokens.csv"), lines);
        return Map.copyOf(made);
    }

    private ServerProcess runningApiServer() {
        var running = apiServer;
        if (running == null) {
            throw new ClusterException("the API server is not running");
        }
        return running;
    }

    /** What runs now, in the order in which it has to stop. */
    private List<ServerProcess> servers() {
        var running = new ArrayList<ServerProcess>();
        for (var server : new @Nullable ServerProcess[] {apiServer, etcd}) {
            if (server != null) {
                running.add(server);
            }
        }
        return running;
    }

    /**
     * Runs when the JVM exits while the cluster is open; takes no lock, nobody may be waited for.
     */
    private void abandon() {
        servers().forEach(ServerProcess::kill);
        deleteState();
    }

    private void deleteState() {
        try (var content = Files.walk(state)) {
            content.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException failure) {
            LOG.warn("can not delete {}", state, failure);
        }
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private static final class PortTakenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        PortTakenException(String message) {
            super(message);
        }
    }
}
