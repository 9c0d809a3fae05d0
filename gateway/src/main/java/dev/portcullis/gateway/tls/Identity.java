package dev.portcullis.gateway.tls;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * What the server shows to clients: a certificate chain, leaf first, and the key of its leaf. The
 * two belong together, which is checked by signing something.
 *
 * @param leaf the server's own certificate
 * @param options the same as Vert.x wants it
 */
record Identity(X509Certificate leaf, PemKeyCertOptions options) {
    private static final Pattern KEY = Pattern.compile("-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----");

    /** Checks the contents of the two files, certificate first. */
    static Identity of(Vertx vertx, List<Path> files, List<Buffer> contents) throws TlsException {
        Path certificate = files.getFirst();
        Path key = files.getLast();
        long keys = KEY.matcher(contents.getLast().toString()).results().count();
        if (keys != 1) {
            throw new TlsException(
                    "Expected exactly one private key in " + key + ", found " + keys);
        }
        List<X509Certificate> chain = Pem.certificates(certificate, contents.getFirst());
        PemKeyCertOptions options =
                new PemKeyCertOptions()
                        .setCertValue(contents.getFirst())
                        .setKeyValue(contents.getLast());
        X509Certificate leaf = chain.getFirst();
        try {
            if (!belongTogether(privateKey(vertx, options, leaf.getPublicKey()), leaf)) {
                throw new TlsException(
                        "The private key in "
                                + key
                                + " is not that of the certificate in "
                                + certificate);
            }
        } catch (TlsException e) {
            throw e;
        } catch (Exception e) {
            throw new TlsException(
                    "The private key in %s cannot be used with the certificate in %s: %s"
                            .formatted(key, certificate, e.getMessage()),
                    e);
        }
        return new Identity(leaf, options);
    }

    /** The key as Vert.x reads it, so that what was checked is what will be used. */
    private static PrivateKey privateKey(
            Vertx vertx, PemKeyCertOptions options, PublicKey publicKey) throws Exception {
        for (KeyManager manager : options.getKeyManagerFactory(vertx).getKeyManagers()) {
            if (manager instanceof X509KeyManager keys) {
                String[] aliases = keys.getServerAliases(publicKey.getAlgorithm(), null);
                if (aliases != null && aliases.length > 0) {
                    return keys.getPrivateKey(aliases[0]);
                }
            }
        }
        throw new GeneralSecurityException(
                "a certificate for a key of type " + publicKey.getAlgorithm());
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> key.getAlgorithm();
                };
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        byte[] something = certificate.getEncoded();
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(something);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(certificate.getPublicKey());
        verifier.update(something);
        return verifier.verify(signature);
    }
}
