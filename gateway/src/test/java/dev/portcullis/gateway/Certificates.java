package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and what it signs, made by the JDK's {@code keytool}. */
final class Certificates {
    private static final String PASSWORD = "password";

    private final Path folder;

    Certificates(Path folder) {
        this.folder = folder;
    }

    /** Makes an authority. */
    void authority(String name) throws Exception {
        generate(name, "-ext", "bc:c=ca:true");
    }

    /** Makes a certificate for the loopback address, with its chain up to the authority. */
    void signed(String name, String authority) throws Exception {
        generate(name, "-ext", "san=ip:127.0.0.1", "-signer", authority);
    }

    private void generate(String name, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-alias", name, "-dname", "CN=" + name));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", store().toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output);
        }
    }

    private Path store() {
        return folder.resolve("store.p12");
    }

    private KeyStore keyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** A PEM file with the whole chain, leaf first. */
    Path chainFile(String name) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : keyStore().getCertificateChain(name)) {
            text.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return Files.writeString(folder.resolve(name + "-chain.pem"), text);
    }

    /** A PEM file with the private key. */
    Path keyFile(String name) throws Exception {
        byte[] key = keyStore().getKey(name, PASSWORD.toCharArray()).getEncoded();
        return Files.writeString(folder.resolve(name + "-key.pem"), pem("PRIVATE KEY", key));
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        label,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                        label);
    }

    /** A client that trusts this authority and shows this certificate; empty for none. */
    SSLContext client(String authority, String own) throws Exception {
        KeyStore trusted = emptyStore();
        trusted.setCertificateEntry("ca", keyStore().getCertificate(authority));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore shown = emptyStore();
        if (!own.isEmpty()) {
            KeyStore all = keyStore();
            char[] password = PASSWORD.toCharArray();
            shown.setKeyEntry(
                    own, all.getKey(own, password), password, all.getCertificateChain(own));
        }
        keys.init(shown, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
