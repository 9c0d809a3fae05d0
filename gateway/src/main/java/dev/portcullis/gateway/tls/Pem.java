package dev.portcullis.gateway.tls;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Certificates in PEM files. */
final class Pem {
    private static final String MARK = "-----BEGIN CERTIFICATE-----";

    private Pem() {}

    /** All certificates of a file, in their order; at least one. */
    static List<X509Certificate> certificates(Path file, Buffer content) throws TlsException {
        if (!content.toString().contains(MARK)) {
            throw new TlsException("There is no certificate in " + file);
        }
        try {
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate each :
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(content.getBytes()))) {
                certificates.add((X509Certificate) each);
            }
            return certificates;
        } catch (CertificateException e) {
            throw new TlsException(
                    "The certificates in " + file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
