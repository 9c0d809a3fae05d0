package dev.portcullis.conformance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterIT {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final ClusterUser ALICE = ClusterUser.named("alice");

    private static @Nullable Cluster started;

    @BeforeAll
    static void start() {
        var availability = Cluster.availability();
        assumeTrue(availability.available(), availability.reason());
        started = Cluster.start(Path.of("target", "cluster", "ClusterIT"), ALICE);
    }

    @AfterAll
    static void stop() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    void aDeploymentIsStoredAndReadBack() {
        try (var client = client(ClusterUser.ADMIN)) {
            client.resource(
                            new NamespaceBuilder()
                                    .withNewMetadata()
                                    .withName("painters")
                                    .endMetadata()
                                    .build())
                    .create();
            client.resource(deployment("painters", "easel")).create();

            assertThat(client.apps().deployments().inNamespace("painters").list().getItems())
                    .singleElement()
                    .satisfies(easel -> {
                        assertThat(easel.getMetadata().getName()).isEqualTo("easel");
                        assertThat(easel.getMetadata().getUid()).isNotEmpty();
                    });
        }
    }

    @Test
    void theServerReportsTheVersionItWasBuiltFrom() {
        try (var client = client(ClusterUser.ADMIN)) {
            assertThat(client.getKubernetesVersion().getGitVersion()).isEqualTo("v1.34.2");
        }
    }

    @Test
    void anOrdinaryUserMayDoNothingWithoutARole() {
        try (var client = client(ALICE)) {
            assertThatThrownBy(() -> client.pods().inNamespace("default").list())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("User \"alice\" cannot list resource \"pods\"");
        }
    }

    @Test
    void aClientCertificateOfTheAuthorityLogsInAsItsName() {
        var credential = cluster().authority().client("bob", "system:masters");
        var config = Config.fromKubeconfig(cluster().kubeconfig().toFile());
        config.setOauthToken(null);
        config.setAutoOAuthToken(null);
        config.setClientCertData(base64(credential.certificatePem()));
        config.setClientKeyData(base64(credential.keyPem()));
        config.setClientKeyAlgo("EC");
        try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
            assertThat(client.namespaces().withName("default").get()).isNotNull();
        }
    }

    @Test
    void aPausedServerAnswersNobodyUntilItIsResumed() {
        var config = Config.fromKubeconfig(cluster().kubeconfig().toFile());
        config.setRequestTimeout(1000);
        config.setRequestRetryBackoffLimit(0);
        try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
            cluster().pauseApiServer();
            try {
                assertThatThrownBy(() -> client.namespaces().list())
                        .isInstanceOf(KubernetesClientException.class);
            } finally {
                cluster().resumeApiServer();
            }
            await().atMost(BOUND)
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(client.namespaces().list().getItems()).isNotEmpty());
        }
    }

    @Test
    void aStoppedServerComesBackAtItsUrlWithItsObjects() {
        var url = cluster().url();
        var config = Config.fromKubeconfig(cluster().kubeconfig().toFile());
        config.setRequestRetryBackoffLimit(0);
        try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
            client.resource(deployment("default", "kept")).create();
            cluster().stopApiServer();
            assertThatThrownBy(() -> client.namespaces().list())
                    .isInstanceOf(KubernetesClientException.class);
            cluster().startApiServer();
            assertThat(cluster().url()).isEqualTo(url);
            assertThat(client.apps().deployments().inNamespace("default").withName("kept").get())
                    .isNotNull();
        }
    }

    @Test
    void closingLeavesNoProcessAndNoState() {
        var logs = Path.of("target", "cluster", "ClusterIT-second");
        List<ProcessHandle> processes;
        Path state;
        try (var second = Cluster.start(logs)) {
            processes = second.processes();
            state = second.certificateAuthority().getParent();
            assertThat(processes).hasSize(4).allMatch(ProcessHandle::isAlive);
            second.pauseApiServer(); // a frozen process has to go as well
        }
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(state).doesNotExist();
        assertThat(logs.resolve("kube-apiserver.log")).isNotEmptyFile();
    }

    @Test
    void aJvmThatIsKilledLeavesNoProcessAndNoState() throws Exception {
        var jvm =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--class-path",
                                System.getProperty("java.class.path"),
                                ClusterThatIsNeverClosed.class.getName(),
                                Path.of("target", "cluster", "ClusterIT-killed").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var said = jvm.inputReader()) {
            var state = Path.of(said.readLine());
            var processes =
                    Stream.of(said.readLine().split(" "))
                            .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                            .toList();
            assertThat(processes).hasSize(4);
            jvm.destroyForcibly().waitFor();
            await().atMost(BOUND)
                    .untilAsserted(() -> {
                        assertThat(processes).noneMatch(ProcessHandle::isAlive);
                        assertThat(state).doesNotExist();
                    });
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void kubectlSpeaksToIt() throws Exception {
        var kubectl =
                new ProcessBuilder(
                                cluster().kubectl().toString(),
                                "--kubeconfig",
                                cluster().kubeconfig().toString(),
                                "get",
                                "namespace",
                                "default",
                                "--output=name")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(kubectl.inputReader().lines()).containsExactly("namespace/default");
        assertThat(kubectl.waitFor()).isZero();
    }

    private static Cluster cluster() {
        if (started == null) {
            throw new IllegalStateException("the cluster was not started");
        }
        return started;
    }

    private static KubernetesClient client(ClusterUser user) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster().kubeconfig(user).toFile()))
                .build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static Deployment deployment(String namespace, String name) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("example.test/" + name + ":1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
