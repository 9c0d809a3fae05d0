package dev.portcullis.capability.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** policy-server §2, step 2. Nothing listens at any of these addresses: no request is made. */
final class KubernetesConnectionTest {
    private static final Map<String, String> POD =
            Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "KUBERNETES_SERVICE_PORT", "443");

    @TempDir Path folder;

    private Path kubeconfig(String name, String server) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(
                file,
                """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: here, user: me}}]
                clusters: [{name: here, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: secret}}]
                """
                        .formatted(server));
    }

    private Path serviceAccount() throws IOException {
        Path account = Files.createDirectory(folder.resolve("account"));
        Files.writeString(account.resolve("token"), "secret\n");
        Files.writeString(
                account.resolve("ca.crt"),
                """
                -----BEGIN CERTIFICATE-----
                MIIBgTCCASegAwIBAgIUT4LZ8SHl2ZCSYO1jF2wC9aFxOaUwCgYIKoZIzj0EAwIw
                FjEUMBIGA1UEAwwLa3ViZXJuZXRlczAeFw0yNjAxMDEwMDAwMDBaFw0zNjAxMDEw
                -----END CERTIFICATE-----
                """);
        return account;
    }

    private KubernetesConnection infer(Map<String, String> environment)
            throws KubernetesConnectionException {
        return KubernetesConnection.infer(environment, folder, folder.resolve("account"));
    }

    @Test
    void theKubeconfigOfTheHomeIsUsed() throws Exception {
        kubeconfig(".kube/config", "https://127.0.0.1:1");

        try (var connection = infer(Map.of())) {
            assertThat(connection.server()).isEqualTo(URI.create("https://127.0.0.1:1/"));
        }
    }

    @Test
    void theEnvironmentNamesOtherKubeconfigsOfWhichTheFirstWins() throws Exception {
        kubeconfig(".kube/config", "https://127.0.0.1:1");
        Path first = kubeconfig("first", "https://127.0.0.1:2");
        Path second = kubeconfig("second", "https://127.0.0.1:3");

        try (var connection =
                infer(
                        Map.of(
                                "KUBECONFIG",
                                folder.resolve("absent")
                                        + File.pathSeparator
                                        + first
                                        + File.pathSeparator
                                        + second))) {
            assertThat(connection.server()).isEqualTo(URI.create("https://127.0.0.1:2/"));
        }
    }

    @Test
    void aKubeconfigWinsOverTheServiceAccount() throws Exception {
        serviceAccount();
        kubeconfig(".kube/config", "https://127.0.0.1:1");

        try (var connection = infer(POD)) {
            assertThat(connection.server()).isEqualTo(URI.create("https://127.0.0.1:1/"));
        }
    }

    @Test
    void withNeitherThereIsNoConnectionToADefaultAddress() {
        assertThatThrownBy(() -> infer(Map.of()))
                .isInstanceOf(KubernetesConnectionException.class)
                .hasMessage(
                        "no kubeconfig at [%s], and not in a pod: KUBERNETES_SERVICE_HOST and"
                                + " KUBERNETES_SERVICE_PORT are not set",
                        folder.resolve(".kube").resolve("config"));
    }

    @Test
    void aPodWithoutTokenIsNamed() {
        assertThatThrownBy(() -> infer(POD))
                .isInstanceOf(KubernetesConnectionException.class)
                .hasMessageContaining("ca.crt cannot be read");
    }

    @Test
    void aBrokenAuthorityIsReported() throws Exception {
        serviceAccount();

        assertThatThrownBy(() -> infer(POD))
                .isInstanceOf(KubernetesConnectionException.class)
                .hasMessageStartingWith("cannot make a client for https://10.0.0.1:443/: ");
    }

    @Test
    void aKubeconfigThatIsNoYamlIsReported() throws Exception {
        Path file = Files.writeString(folder.resolve("broken"), "{ no yaml");

        assertThatThrownBy(() -> KubernetesConnection.fromKubeconfig(file))
                .isInstanceOf(KubernetesConnectionException.class)
                .hasMessageStartingWith("cannot read the kubeconfig at [" + file + "]: ");
    }

    @Test
    void aKubeconfigWithoutCurrentContextIsReported() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("empty"), "apiVersion: v1\nkind: Config\ncontexts: []\n");

        assertThatThrownBy(() -> KubernetesConnection.fromKubeconfig(file))
                .isInstanceOf(KubernetesConnectionException.class)
                .hasMessage(
                        "the kubeconfig at ["
                                + file
                                + "] has no current-context that names one of its clusters");
    }

    @Test
    void theTokenOfTheServiceAccountIsReadAgain() throws Exception {
        Path account = serviceAccount();
        var token = new ServiceAccountToken(account.resolve("token"), Duration.ZERO);
        assertThat(token.getToken()).isEqualTo("secret");

        Files.writeString(account.resolve("token"), "newer");

        assertThat(token.getToken()).isEqualTo("newer");
    }
}
