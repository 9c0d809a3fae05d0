package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see when certificates change while the gateway serves (policy-server §19). */
class TlsReloadTest {
    private static final List<Policy.Ready> POLICIES =
            List.of(FakePolicies.policy("yes", FakeModule.answering(FakeModule.accept())));
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private static Path store;

    @TempDir private Path folder;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(store);
        for (String authority : List.of("ca", "first", "second")) {
            certificates.authority(authority);
            certificates.chainFile(authority);
        }
        certificates.signed("old", "ca");
        certificates.signed("new", "ca");
        certificates.signed("client", "second");
        for (String name : List.of("old", "new")) {
            certificates.chainFile(name);
            certificates.keyFile(name);
        }
    }

    private static Certificates certificates() {
        return new Certificates(store);
    }

    /** As the kubelet mounts a Secret: files link to a folder, and that link is what changes. */
    private void mount(String name) throws IOException {
        Path version = Files.createDirectory(folder.resolve("..version-" + name));
        Files.copy(store.resolve(name + "-chain.pem"), version.resolve("tls.crt"));
        Files.copy(store.resolve(name + "-key.pem"), version.resolve("tls.key"));
        Path next = Files.createSymbolicLink(folder.resolve("..next"), version.getFileName());
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String file : List.of("tls.crt", "tls.key")) {
            if (!Files.exists(folder.resolve(file))) {
                Files.createSymbolicLink(folder.resolve(file), Path.of("..data", file));
            }
        }
    }

    private RunningGateway serving(String... more) throws Exception {
        List<String> flags = new ArrayList<>();
        flags.addAll(List.of("--cert-file", folder.resolve("tls.crt").toString()));
        flags.addAll(List.of("--key-file", folder.resolve("tls.key").toString()));
        flags.addAll(List.of(more));
        return RunningGateway.serving(POLICIES, flags.toArray(String[]::new));
    }

    private static SSLSocket connect(RunningGateway gateway, SSLContext tls) throws IOException {
        SSLSocket socket =
                (SSLSocket)
                        tls.getSocketFactory().createSocket("127.0.0.1", gateway.gateway().port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static BigInteger serial(SSLSocket socket) throws IOException {
        socket.startHandshake();
        return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
    }

    private static String statusLine(SSLSocket socket) throws IOException {
        String request =
                "POST /validate/none HTTP/1.1\r\nhost: x\r\ncontent-type:"
                        + " application/json\r\ncontent-length: 2\r\n\r\n{}";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        String status = String.valueOf(reader.readLine());
        int length = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty()) {
                break;
            }
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring("content-length:".length()).strip());
            }
        }
        for (int read = 0; read < length; read++) {
            assertThat(reader.read()).isNotNegative();
        }
        return status;
    }

    @Test
    void aSwappedSecretIsServedWithoutRestartAndOldConnectionsGoOn() throws Exception {
        mount("old");
        SSLContext client = certificates().client("ca", "");
        try (var gateway = serving();
                SSLSocket early = connect(gateway, client)) {
            assertThat(serial(early)).isEqualTo(certificates().serial("old"));
            assertThat(statusLine(early)).contains("422");
            mount("new");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> {
                        try (SSLSocket socket = connect(gateway, certificates().client("ca", ""))) {
                            assertThat(serial(socket)).isEqualTo(certificates().serial("new"));
                        }
                    });
            assertThat(statusLine(early)).as("on the old connection").contains("422");
        }
    }

    @Test
    void aNewAuthorityLetsItsClientsIn() throws Exception {
        mount("old");
        Path authority = folder.resolve("ca.crt");
        Files.copy(store.resolve("first-chain.pem"), authority);
        try (var gateway = serving("--client-ca-file", authority.toString())) {
            assertThat(lets(gateway)).as("the authority is not known yet").isFalse();
            Files.copy(
                    store.resolve("second-chain.pem"),
                    authority,
                    StandardCopyOption.REPLACE_EXISTING);
            await().atMost(PATIENCE).until(() -> lets(gateway));
        }
    }

    /** With TLS 1.3 a refusal of the client's certificate shows at the first read. */
    private static boolean lets(RunningGateway gateway) throws Exception {
        try (SSLSocket socket = connect(gateway, certificates().client("ca", "client"))) {
            return statusLine(socket).contains("422");
        } catch (SSLException | SocketException e) {
            return false;
        }
    }
}
