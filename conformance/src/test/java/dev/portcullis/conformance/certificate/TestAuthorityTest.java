package dev.portcullis.conformance.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestAuthorityTest {
    private final TestAuthority authority = TestAuthority.named("the authority");

    @Test
    void aClientThatTrustsTheAuthorityAcceptsItsServers() throws Exception {
        assertThat(statusOf("127.0.0.1", authority)).isEqualTo(200);
        assertThat(statusOf("localhost", authority)).isEqualTo(200);
    }

    @Test
    void aClientThatTrustsAnotherAuthorityRefusesThem() {
        assertThatThrownBy(() -> statusOf("127.0.0.1", TestAuthority.named("the authority")))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void aClientCertificateNamesUserAndGroups() {
        var certificate = authority.client("alice", "painters", "singers").certificate();
        assertThat(certificate.getSubjectX500Principal().getName())
                .contains("CN=alice", "O=painters", "O=singers");
        assertThat(certificate.getIssuerX500Principal())
                .isEqualTo(authority.credential().certificate().getSubjectX500Principal());
    }

    @Test
    void aWrittenCredentialIsReadBackAsItWas(@TempDir Path folder) throws Exception {
        var credential = authority.server("gateway");
        var files = credential.writeTo(folder, "gateway");
        try (var content = Files.newInputStream(files.certificate())) {
            assertThat(CertificateFactory.getInstance("X.509").generateCertificates(content))
                    .singleElement()
                    .isEqualTo(credential.certificate());
        }
        assertThat(files.key())
                .content()
                .isEqualTo(credential.keyPem())
                .startsWith("-----BEGIN PRIVATE KEY-----\n")
                .endsWith("\n-----END PRIVATE KEY-----\n");
        assertThat(Files.getPosixFilePermissions(files.key())).hasSize(2);
    }

    @Test
    void certificatesOfOneAuthorityHaveSerialNumbersOfTheirOwn() throws Exception {
        var pem = authority.credential().certificatePem().getBytes(StandardCharsets.US_ASCII);
        var read =
                (X509Certificate)
                        CertificateFactory.getInstance("X.509")
                                .generateCertificate(new ByteArrayInputStream(pem));
        assertThat(read.getSerialNumber())
                .isPositive()
                .isNotEqualTo(authority.server("one").certificate().getSerialNumber());
    }

    private int statusOf(String host, TestAuthority trusted) throws Exception {
        var server =
                HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(serving(authority.server("server"))));
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        try (var client = HttpClient.newBuilder().sslContext(trusted.trustingContext()).build()) {
            var url = URI.create("https://" + host + ":" + server.getAddress().getPort() + "/");
            return client.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext serving(Credential credential) throws Exception {
        var keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setKeyEntry(
                "server",
                credential.key(),
                new char[0],
                new X509Certificate[] {credential.certificate()});
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
