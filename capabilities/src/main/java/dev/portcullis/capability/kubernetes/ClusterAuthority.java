package dev.portcullis.capability.kubernetes;

import io.fabric8.kubernetes.client.Config;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Trusts the certificate authority that a configuration names, and no other.
 *
 * <p>The client library adds it to the public ones of the JDK, and skips it when it cannot be read:
 * either way an API server could be impersonated by someone whom the operator never named.
 */
final class ClusterAuthority {
    private ClusterAuthority() {}

    /**
     * Empty where the configuration names no authority, or asks not to check.
     *
     * @throws GeneralSecurityException when what it names is no certificate
     */
    static Optional<TrustManager[]> of(Config config) throws GeneralSecurityException, IOException {
        if (config.isTrustCerts()) {
            return Optional.empty();
        }
        Optional<byte[]> pem = pem(config);
        return pem.isPresent() ? Optional.of(trust(pem.get())) : Optional.empty();
    }

    private static Optional<byte[]> pem(Config config) throws IOException {
        String data = config.getCaCertData();
        if (data != null && !data.isBlank()) {
            return Optional.of(Base64.getMimeDecoder().decode(data));
        }
        String file = config.getCaCertFile();
        if (file != null && !file.isBlank()) {
            return Optional.of(Files.readAllBytes(Path.of(file)));
        }
        return Optional.empty();
    }

    private static TrustManager[] trust(byte[] pem) throws GeneralSecurityException, IOException {
        Collection<? extends Certificate> authorities =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(pem));
        if (authorities.isEmpty()) {
            throw new CertificateException("the certificate authority has no certificate");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int index = 0;
        for (Certificate authority : authorities) {
            store.setCertificateEntry("authority-" + index, authority);
            index++;
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
