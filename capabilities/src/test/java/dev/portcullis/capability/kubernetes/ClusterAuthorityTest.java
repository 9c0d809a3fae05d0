package dev.portcullis.capability.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.capability.question.Question.GetResource;
import dev.portcullis.host.Deadline;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is believed to be the API server. */
final class ClusterAuthorityTest {
    @TempDir static Path folder;
    private FakeApiServer server;

    @BeforeAll
    static void makeAuthorities() throws Exception {
        authority("ours");
        authority("theirs");
    }

    @BeforeEach
    void listen() {
        server =
                new FakeApiServer(
                        new HttpServerOptions()
                                .setSsl(true)
                                .setKeyCertOptions(
                                        new PfxOptions()
                                                .setPath(folder.resolve("ours.p12").toString())
                                                .setPassword("changeit")));
        server.json("/api/v1/namespaces/default", JsonObject.of("v", 1));
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** A key with its own certificate, as {@code <name>.p12} and {@code <name>.pem}. */
    private static void authority(String name) throws Exception {
        keytool(
                name,
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1");
        keytool(
                name,
                "-exportcert",
                "-alias",
                "key",
                "-rfc",
                "-file",
                folder.resolve(name + ".pem").toString());
    }

    private static void keytool(String name, String... arguments) throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of(
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        folder.resolve(name + ".p12").toString(),
                        "-storepass",
                        "changeit"));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("keytool.log").toFile())
                        .start();
        assertThat(process.waitFor())
                .as(() -> "keytool, see " + folder.resolve("keytool.log"))
                .isZero();
    }

    private KubernetesConnection connect(String cluster) throws Exception {
        return KubernetesConnection.fromKubeconfig(
                Files.writeString(
                        folder.resolve("kubeconfig"),
                        """
                        apiVersion: v1
                        kind: Config
                        current-context: here
                        contexts: [{name: here, context: {cluster: here}}]
                        clusters: [{name: here, cluster: {server: "https://127.0.0.1:%d", %s}}]
                        """
                                .formatted(server.port(), cluster)));
    }

    private String ask(String cluster) throws Exception {
        return ask(connect(cluster));
    }

    private static String ask(KubernetesConnection connected) throws Exception {
        try (var connection = connected) {
            var answers =
                    new KubernetesAnswers(
                            connection, KubernetesOptions.DEFAULT, Ticker.systemTicker());
            return new String(
                    answers.answer(
                            new GetResource(
                                    new ResourceKind("v1", "Namespace"),
                                    "default",
                                    null,
                                    true,
                                    FieldMask.NONE),
                            Deadline.in(Duration.ofSeconds(30))),
                    StandardCharsets.UTF_8);
        } catch (LookupException failed) {
            return "failed: " + failed.chain();
        }
    }

    @Test
    void theServerOfTheNamedAuthorityIsTrusted() throws Exception {
        assertThat(ask("certificate-authority: ours.pem")).isEqualTo("{\"v\":1}");
        String data =
                Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve("ours.pem")));
        assertThat(ask("certificate-authority-data: " + data)).isEqualTo("{\"v\":1}");
    }

    @Test
    void anyOtherServerIsNot() throws Exception {
        assertThat(ask("certificate-authority: theirs.pem"))
                .startsWith("failed: cannot reach the Kubernetes API server: ");
    }

    @Test
    void withoutAuthorityThePublicOnesCount() throws Exception {
        assertThat(ask("namespace: unused"))
                .startsWith("failed: cannot reach the Kubernetes API server: ");
    }

    @Test
    void notCheckingHasToBeAskedFor() throws Exception {
        assertThat(ask("insecure-skip-tls-verify: true")).isEqualTo("{\"v\":1}");
    }

    @Test
    void theNamedAuthorityIsTheOnlyOne() throws Exception {
        try (var connection = connect("certificate-authority: ours.pem")) {
            var trusted = ClusterAuthority.of(connection.client().getConfiguration()).orElseThrow();
            assertThat(trusted)
                    .singleElement()
                    .isInstanceOfSatisfying(
                            X509TrustManager.class,
                            manager -> assertThat(manager.getAcceptedIssuers()).hasSize(1));
        }
    }

    @Test
    void anAuthorityThatIsNoCertificateIsRefused() throws Exception {
        Files.writeString(folder.resolve("broken.pem"), "no certificate");
        Files.writeString(folder.resolve("empty.pem"), "");

        for (String file : List.of("broken.pem", "empty.pem", "absent.pem")) {
            assertThatThrownBy(() -> connect("certificate-authority: " + file))
                    .isInstanceOf(KubernetesConnectionException.class)
                    .hasMessageStartingWith("cannot make a client for https://127.0.0.1:");
        }
    }

    @Test
    void aPodUsesItsServiceAccount() throws Exception {
        Path account = Files.createDirectory(folder.resolve("account"));
        Files.copy(folder.resolve("ours.pem"), account.resolve("ca.crt"));
        Files.writeString(account.resolve("token"), "secret\n");
        server.on(
                "/api/v1/namespaces/default",
                request ->
                        request.response()
                                .end(
                                        JsonObject.of("token", request.getHeader("authorization"))
                                                .toBuffer()));

        var connection =
                KubernetesConnection.infer(
                        Map.of(
                                "KUBERNETES_SERVICE_HOST",
                                "127.0.0.1",
                                "KUBERNETES_SERVICE_PORT",
                                Integer.toString(server.port())),
                        folder,
                        account);

        assertThat(connection.client().getConfiguration().getAutoConfigure()).isFalse();
        assertThat(ask(connection)).isEqualTo("{\"token\":\"Bearer secret\"}");
    }
}
