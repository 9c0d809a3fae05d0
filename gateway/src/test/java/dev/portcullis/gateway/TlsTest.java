package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.policy.Policy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy-server §19. */
class TlsTest {
    private static final List<Policy.Ready> POLICIES =
            List.of(FakePolicies.policy("yes", FakeModule.answering(FakeModule.accept())));

    @TempDir private static Path folder;

    private static Certificates certificates() {
        return new Certificates(folder);
    }

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = certificates();
        certificates.authority("ca");
        certificates.authority("other");
        certificates.signed("server", "ca");
        certificates.signed("client", "other");
    }

    private static RunningGateway serving(String... more) throws Exception {
        List<String> flags = new java.util.ArrayList<>();
        flags.addAll(List.of("--cert-file", certificates().chainFile("server").toString()));
        flags.addAll(List.of("--key-file", certificates().keyFile("server").toString()));
        flags.addAll(List.of(more));
        return RunningGateway.serving(POLICIES, flags.toArray(String[]::new));
    }

    private static int status(RunningGateway gateway, SSLContext tls, String version)
            throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        try (HttpClient client =
                HttpClient.newBuilder().sslContext(tls).sslParameters(parameters).build()) {
            URI uri = URI.create("https://127.0.0.1:" + gateway.gateway().port() + "/validate/yes");
            HttpResponse<String> response =
                    client.send(
                            HttpRequest.newBuilder(uri)
                                    .header("content-type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(Reviews.create("u")))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            return response.statusCode();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothVersionsAreSpokenAndReadinessStaysPlain(String version) throws Exception {
        try (var gateway = serving()) {
            assertThat(status(gateway, certificates().client("ca", ""), version)).isEqualTo(200);
            assertThat(gateway.readiness().statusCode()).isEqualTo(200);
            assertThatThrownBy(() -> gateway.post("/validate/yes", Reviews.create("u")))
                    .as("plain HTTP on the API's port")
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientOfAKnownAuthorityIsLetIn() throws Exception {
        try (var gateway =
                serving(
                        "--client-ca-file",
                        certificates().chainFile("ca") + "," + certificates().chainFile("other"))) {
            SSLContext known = certificates().client("ca", "client");
            assertThat(status(gateway, known, "TLSv1.3")).isEqualTo(200);
            assertThat(status(gateway, known, "TLSv1.2")).isEqualTo(200);
            assertThat(gateway.readiness().statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "client"})
    void aClientWithoutACertificateOfTheAuthorityIsNotLetIn(String own) throws Exception {
        try (var gateway = serving("--client-ca-file", certificates().chainFile("ca").toString())) {
            SSLContext stranger = certificates().client("ca", own);
            assertThatThrownBy(() -> status(gateway, stranger, "TLSv1.2"))
                    .isInstanceOfAny(SSLException.class, IOException.class);
            assertThatThrownBy(() -> status(gateway, stranger, "TLSv1.3"))
                    .isInstanceOfAny(SSLException.class, IOException.class);
        }
    }

    @Test
    void filesThatAreNoPemKeepTheGatewayFromStarting() throws Exception {
        Path rubbish = Files.writeString(folder.resolve("rubbish.pem"), "rubbish");
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> serving("--client-ca-file", rubbish.toString()));
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() ->
                        RunningGateway.serving(
                                POLICIES,
                                "--cert-file",
                                folder.resolve("none.pem").toString(),
                                "--key-file",
                                rubbish.toString()));
    }
}
