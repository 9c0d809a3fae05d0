package dev.portcullis.conformance.certificate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A certificate and the private key that belongs to it. */
public record Credential(X509Certificate certificate, PrivateKey key) {
    private static final Base64.Encoder PEM_BODY =
            Base64.getMimeEncoder(64, new byte[] {(byte) 10});

    /** The certificate alone, as one PEM block. */
    public String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException broken) {
            throw new TestCertificateException("can not encode a certificate", broken);
        }
    }

    /** The private key in PKCS#8 form, as one PEM block, not encrypted. */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /**
     * Writes {@code <name>.crt} and {@code <name>.key} into a folder that exists; the key is
     * readable by its owner only.
     *
     * @throws TestCertificateException when a file can not be written
     */
    public CredentialFiles writeTo(Path folder, String name) {
        var files =
                new CredentialFiles(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
        try {
            Files.writeString(files.certificate(), certificatePem());
            Files.deleteIfExists(files.key());
            Files.createFile(
                    files.key(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(files.key(), keyPem());
        } catch (IOException failure) {
            throw new TestCertificateException(
                    "can not write the credential " + name + " to " + folder, failure);
        }
        return files;
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + PEM_BODY.encodeToString(content)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
