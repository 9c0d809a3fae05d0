package dev.portcullis.capability.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.KubeConfigUtils;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;

/**
 * A client of one Kubernetes API server. Making one asks nothing of the server.
 *
 * <p>Inferred as the reference does (policy-server §2): the kubeconfig first, then the service
 * account of the pod. Where neither is there the client library would quietly talk to a default
 * address; here that is an error.
 */
public final class KubernetesConnection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** Bounds the requests that no waiting question bounds: pages of lists that are watched. */
    private static final Duration REQUEST = Duration.ofSeconds(10);

    private static final Duration TOKEN_FRESH = Duration.ofMinutes(1);

    /** After a connection that broke or a busy server: twice, 100 ms and 200 ms later. */
    private static final int RETRIES = 2;

    /** Stands where a kubeconfig has put no server; the top-level domain never resolves. */
    private static final String NO_SERVER = "https://no-server.invalid/";

    private static final Path SERVICE_ACCOUNT =
            Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

    private final KubernetesClient client;
    private final ExecutorService executor;

    private KubernetesConnection(Config config) throws GeneralSecurityException, IOException {
        config.setConnectionTimeout(Math.toIntExact(CONNECT.toMillis()));
        config.setRequestTimeout(Math.toIntExact(REQUEST.toMillis()));
        config.setRequestRetryBackoffLimit(RETRIES);
        config.setRequestRetryBackoffInterval(100);
        // Over HTTP/2 the JDK's client fails the requests beyond the server's bound of streams on
        // one connection (100 of kube-apiserver) instead of opening another one.
        config.setHttp2Disable(true);
        Optional<TrustManager[]> authority = ClusterAuthority.of(config);
        KeyManager[] identity = SSLUtils.keyManagers(config);
        this.executor = Executors.newVirtualThreadPerTaskExecutor();
        this.client =
                new KubernetesClientBuilder()
                        .withConfig(config)
                        .withTaskExecutor(executor)
                        .withHttpClientBuilderConsumer(http ->
                                authority.ifPresent(trusted -> http.sslContext(identity, trusted)))
                        .withHttpClientFactory(new VirtualThreadsFactory(executor))
                        .build();
    }

    /**
     * The connection that the environment describes.
     *
     * @throws KubernetesConnectionException when there is none, or its description is broken
     */
    public static KubernetesConnection infer() throws KubernetesConnectionException {
        return infer(System.getenv(), Path.of(System.getProperty("user.home")), SERVICE_ACCOUNT);
    }

    static KubernetesConnection infer(
            Map<String, String> environment, Path home, Path serviceAccount)
            throws KubernetesConnectionException {
        List<Path> kubeconfigs = kubeconfigs(environment, home);
        var existing = kubeconfigs.stream().filter(Files::isRegularFile).toList();
        if (!existing.isEmpty()) {
            return fromKubeconfigs(existing);
        }
        String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
        String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
        if (host.isEmpty() || port.isEmpty()) {
            throw new KubernetesConnectionException(
                    "no kubeconfig at "
                            + kubeconfigs
                            + ", and not in a pod: KUBERNETES_SERVICE_HOST and"
                            + " KUBERNETES_SERVICE_PORT are not set");
        }
        return inCluster(host, port, serviceAccount);
    }

    private static List<Path> kubeconfigs(Map<String, String> environment, Path home) {
        var paths = new ArrayList<Path>();
        for (String path :
                environment.getOrDefault("KUBECONFIG", "").split(File.pathSeparator, -1)) {
            if (!path.isBlank()) {
                paths.add(Path.of(path));
            }
        }
        return paths.isEmpty() ? List.of(home.resolve(".kube").resolve("config")) : paths;
    }

    /**
     * The current context of a kubeconfig.
     *
     * @throws KubernetesConnectionException when it cannot be read or names no server
     */
    public static KubernetesConnection fromKubeconfig(Path kubeconfig)
            throws KubernetesConnectionException {
        return fromKubeconfigs(List.of(kubeconfig));
    }

    private static KubernetesConnection fromKubeconfigs(List<Path> kubeconfigs)
            throws KubernetesConnectionException {
        Config config = Config.empty();
        config.setMasterUrl(NO_SERVER);
        try {
            KubeConfigUtils.merge(
                    config,
                    null,
                    kubeconfigs.stream()
                            .map(Path::toFile)
                            .map(KubeConfigUtils::parseConfig)
                            .toArray(io.fabric8.kubernetes.api.model.Config[]::new));
        } catch (RuntimeException invalid) {
            throw new KubernetesConnectionException(
                    "cannot read the kubeconfig at " + kubeconfigs + ": " + invalid.getMessage(),
                    invalid);
        }
        if (config.getMasterUrl().equals(NO_SERVER)) {
            throw new KubernetesConnectionException(
                    "the kubeconfig at "
                            + kubeconfigs
                            + " has no current-context that names one of its clusters");
        }
        return connect(config);
    }

    private static KubernetesConnection inCluster(String host, String port, Path serviceAccount)
            throws KubernetesConnectionException {
        Path authority = serviceAccount.resolve("ca.crt");
        Path token = serviceAccount.resolve("token");
        for (Path needed : List.of(authority, token)) {
            if (!Files.isReadable(needed)) {
                throw new KubernetesConnectionException(
                        "KUBERNETES_SERVICE_HOST says that this is a pod, but "
                                + needed
                                + " cannot be read: is automountServiceAccountToken off?");
            }
        }
        String address = host.contains(":") ? "[" + host + "]" : host;
        return connect(
                new ConfigBuilder(Config.empty())
                        .withMasterUrl("https://" + address + ":" + port)
                        .withCaCertFile(authority.toString())
                        .withOauthTokenProvider(new ServiceAccountToken(token, TOKEN_FRESH))
                        .build());
    }

    private static KubernetesConnection connect(Config config)
            throws KubernetesConnectionException {
        try {
            return new KubernetesConnection(config);
        } catch (GeneralSecurityException | IOException | RuntimeException invalid) {
            throw new KubernetesConnectionException(
                    "cannot make a client for "
                            + config.getMasterUrl()
                            + ": "
                            + invalid.getMessage(),
                    invalid);
        }
    }

    /** Where requests go. */
    public URI server() {
        return URI.create(client.getMasterUrl().toString());
    }

    KubernetesClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        executor.shutdownNow();
    }

    /** The library's own choice is a platform thread for each of many connections at work. */
    private static final class VirtualThreadsFactory extends JdkHttpClientFactory {
        private final ExecutorService executor;

        VirtualThreadsFactory(ExecutorService executor) {
            this.executor = executor;
        }

        @Override
        protected HttpClient.Builder createNewHttpClientBuilder() {
            return HttpClient.newBuilder().executor(executor);
        }
    }
}
