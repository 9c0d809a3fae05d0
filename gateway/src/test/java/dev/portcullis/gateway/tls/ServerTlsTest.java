package dev.portcullis.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portcullis.gateway.Certificates;
import dev.portcullis.gateway.LogCapture;
import dev.portcullis.gateway.option.TlsOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When new files are taken and when the old ones stay (policy-server §19). */
class ServerTlsTest {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir private static Path store;

    private final List<ServerTls.Settings> told = new ArrayList<>();

    @TempDir private Path folder;

    @BeforeAll
    static void makeCertificates() throws Exception {
        Certificates certificates = new Certificates(store);
        certificates.authority("ca");
        certificates.authority("other");
        certificates.signed("old", "ca");
        certificates.signed("new", "ca");
        for (String name : List.of("old", "new", "ca", "other")) {
            certificates.chainFile(name);
            certificates.keyFile(name);
        }
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Path chain(String name) {
        return store.resolve(name + "-chain.pem");
    }

    private static Path key(String name) {
        return store.resolve(name + "-key.pem");
    }

    private Path certificate() {
        return folder.resolve("tls.crt");
    }

    private Path key() {
        return folder.resolve("tls.key");
    }

    private Path authority() {
        return folder.resolve("ca.crt");
    }

    private static void write(Path from, Path to) throws IOException {
        Files.write(to, Files.readAllBytes(from));
    }

    private ServerTls read() throws Exception {
        return ServerTls.read(
                VERTX, new TlsOptions(certificate(), key(), List.of(authority(), chain("ca"))));
    }

    private ServerTls serving(String name) throws Exception {
        write(chain(name), certificate());
        write(key(name), key());
        write(chain("ca"), authority());
        ServerTls tls = read();
        tls.onChange(settings -> {
            told.add(settings);
            return Future.succeededFuture();
        });
        return tls;
    }

    private static Buffer certificateOf(ServerTls tls) {
        return tls.settings().identity().getCertValue();
    }

    private static Buffer content(Path file) throws IOException {
        return Buffer.buffer(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void thePairIsTakenOnceBothFilesAreThere(boolean certificateFirst) throws Exception {
        ServerTls tls = serving("old");
        tls.look();
        assertThat(told).as("nothing changed").isEmpty();
        if (certificateFirst) {
            write(chain("new"), certificate());
        } else {
            write(key("new"), key());
        }
        tls.look();
        assertThat(told).as("half of the pair").isEmpty();
        assertThat(certificateOf(tls)).isEqualTo(content(chain("old")));
        write(chain("new"), certificate());
        write(key("new"), key());
        tls.look();
        assertThat(told).hasSize(1);
        assertThat(certificateOf(tls)).isEqualTo(content(chain("new")));
        tls.look();
        assertThat(told).as("told once").hasSize(1);
    }

    @Test
    void aCertificateThatWasRenewedForTheSameKeyIsTakenAlone() throws Exception {
        ServerTls tls = serving("old");
        Files.writeString(certificate(), Files.readString(chain("old")) + "\n");
        tls.look();
        assertThat(told).hasSize(1);
    }

    @Test
    void anAuthorityIsTakenWithoutWaitingForThePair() throws Exception {
        ServerTls tls = serving("old");
        write(key("new"), key());
        write(chain("other"), authority());
        tls.look();
        assertThat(told).hasSize(1);
        assertThat(Objects.requireNonNull(told.getFirst().authorities()).getCertValues())
                .containsExactly(content(chain("other")), content(chain("ca")));
        assertThat(certificateOf(tls)).isEqualTo(content(chain("old")));
    }

    @Test
    void filesThatStayUnusableAreReportedOnceAndTheOldOnesStay() throws Exception {
        ServerTls tls = serving("old");
        try (LogCapture log = new LogCapture(WatchedFiles.class.getName())) {
            write(key("new"), key());
            tls.look();
            assertThat(log.lines()).as("the certificate may follow").isEmpty();
            tls.look();
            tls.look();
            assertThat(log.lines())
                    .containsExactly(
                            "ERROR TLS files changed but cannot be used, the old ones stay: The"
                                    + " private key in "
                                    + key()
                                    + " is not that of the certificate in "
                                    + certificate());
            Files.delete(key());
            tls.look();
            tls.look();
            assertThat(log.lines()).hasSize(2).last().asString().endsWith("no file " + key());
            write(key("new"), key());
            write(chain("new"), certificate());
            tls.look();
            assertThat(log.lines()).hasSize(2);
        }
        assertThat(certificateOf(tls)).isEqualTo(content(chain("new")));
    }

    @Test
    void aListenerThatFailedIsToldAgain() throws Exception {
        ServerTls tls = serving("old");
        List<Future<?>> answers =
                new ArrayList<>(List.of(Future.failedFuture("no"), Future.succeededFuture()));
        tls.onChange(settings -> answers.removeFirst());
        write(chain("other"), authority());
        tls.look();
        tls.look();
        assertThat(answers).isEmpty();
        tls.look();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rubbish | old | ca | There is no certificate in {}/tls.crt",
                "broken | old | ca | The certificates in {}/tls.crt cannot be read: ",
                "old | rubbish | ca | Expected exactly one private key in {}/tls.key, found 0",
                "old | two | ca | Expected exactly one private key in {}/tls.key, found 2",
                "old | new | ca | The private key in {}/tls.key is not that of the certificate in"
                        + " {}/tls.crt",
                "old | broken | ca | The private key in {}/tls.key cannot be used with the"
                        + " certificate in {}/tls.crt: ",
                "old | old | rubbish | There is no certificate in {}/ca.crt",
                "none | old | ca | There is no file {}/tls.crt",
                "large | old | ca | {}/tls.crt is larger than 1 MiB",
            })
    void filesThatCannotBeUsedAtStartAreNamed(
            String certificate, String key, String authority, String message) throws Exception {
        prepare(certificate, chain(certificate), certificate());
        prepare(key, key(key), key());
        prepare(authority, chain(authority), authority());
        assertThatThrownBy(this::read)
                .isInstanceOf(TlsException.class)
                .hasMessageStartingWith(message.replace("{}", folder.toString()));
    }

    private static void prepare(String content, Path from, Path to) throws IOException {
        switch (content) {
            case "none" -> {}
            case "rubbish" -> Files.writeString(to, "rubbish");
            case "large" -> Files.write(to, new byte[(1 << 20) + 1]);
            case "two" ->
                    Files.writeString(
                            to, Files.readString(key("old")) + Files.readString(key("new")));
            case "broken" ->
                    Files.writeString(
                            to,
                            to.endsWith("tls.key")
                                    ? "-----BEGIN PRIVATE KEY-----\nMAAA\n-----END PRIVATE"
                                            + " KEY-----\n"
                                    : "-----BEGIN CERTIFICATE-----\nMAAA\n-----END"
                                            + " CERTIFICATE-----\n");
            default -> write(from, to);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "genrsa -traditional 2048",
        "genrsa 2048",
        "ecparam -name prime256v1 -genkey",
        "ecparam -name secp384r1 -genkey -noout"
    })
    void keysOfRsaAndEllipticCurvesCanBeUsed(String generate) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "this test needs openssl");
        Path made = folder.resolve("made.key");
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(generate.split(" ")));
        openssl(made, command);
        openssl(
                certificate(),
                List.of("openssl", "req", "-x509", "-subj", "/CN=x", "-key", made.toString()));
        write(made, key());
        write(chain("ca"), authority());
        assertThat(certificateOf(read())).isEqualTo(content(certificate()));
    }

    private static void openssl(Path output, List<String> command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).as(command.toString()).isZero();
    }
}
