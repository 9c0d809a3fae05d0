package dev.portcullis.conformance.certificate;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that lives as long as a test. It signs with ECDSA on P-256; what it signs
 * is valid from an hour ago, for clocks that differ, to a week from now.
 */
public final class TestAuthority {
    private static final Duration BACKDATED = Duration.ofHours(1);
    private static final Duration LIFETIME = Duration.ofDays(7);

    private static final List<GeneralName> LOOPBACK =
            List.of(
                    new GeneralName(GeneralName.dNSName, "localhost"),
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                    new GeneralName(GeneralName.iPAddress, "::1"));

    private final SecureRandom random = new SecureRandom();
    private final X500Name name;
    private final Credential credential;

    private TestAuthority(String commonName) {
        name = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
        var keys = newKeys();
        credential =
                sign(
                        name,
                        keys,
                        keys,
                        new BasicConstraints(0),
                        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign),
                        null,
                        List.of());
    }

    /**
     * A new authority with a key of its own.
     *
     * @throws TestCertificateException when this JDK can not make or sign with P-256 keys
     */
    public static TestAuthority named(String commonName) {
        return new TestAuthority(commonName);
    }

    /** The authority's own certificate and key; the certificate is what others are to trust. */
    public Credential credential() {
        return credential;
    }

    /** A server credential for {@code localhost}, {@code 127.0.0.1} and {@code ::1}. */
    public Credential server(String commonName) {
        return issue(subject(commonName, List.of()), KeyPurposeId.id_kp_serverAuth, LOOPBACK);
    }

    /**
     * A client credential. A Kubernetes API server reads the common name as the user and each
     * organization as a group.
     */
    public Credential client(String commonName, String... organizations) {
        return issue(
                subject(commonName, List.of(organizations)),
                KeyPurposeId.id_kp_clientAuth,
                List.of());
    }

    /** A context for clients that trust this authority and nothing else. */
    public SSLContext trustingContext() {
        try {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", credential.certificate());
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException broken) {
            throw new TestCertificateException(
                    "can not make a context that trusts " + name, broken);
        }
    }

    private Credential issue(
            X500Name subject, KeyPurposeId purpose, List<GeneralName> alternatives) {
        return sign(
                subject,
                newKeys(),
                new KeyPair(credential.certificate().getPublicKey(), credential.key()),
                new BasicConstraints(false),
                new KeyUsage(KeyUsage.digitalSignature),
                purpose,
                alternatives);
    }

    private Credential sign(
            X500Name subject,
            KeyPair subjectKeys,
            KeyPair issuerKeys,
            BasicConstraints constraints,
            KeyUsage usage,
            @Nullable KeyPurposeId purpose,
            List<GeneralName> alternatives) {
        var now = Instant.now();
        var builder =
                new JcaX509v3CertificateBuilder(
                        name,
                        new BigInteger(127, random).add(BigInteger.ONE),
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(LIFETIME)),
                        subject,
                        subjectKeys.getPublic());
        try {
            var identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, constraints)
                    .addExtension(Extension.keyUsage, true, usage)
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(subjectKeys.getPublic()))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(issuerKeys.getPublic()));
            if (purpose != null) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            if (!alternatives.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(alternatives.toArray(GeneralName[]::new)));
            }
            var signer =
                    new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate());
            X509Certificate certificate =
                    new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            return new Credential(certificate, subjectKeys.getPrivate());
        } catch (GeneralSecurityException | CertIOException | OperatorCreationException broken) {
            throw new TestCertificateException("can not sign a certificate for " + subject, broken);
        }
    }

    private KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException broken) {
            throw new TestCertificateException("can not make a P-256 key", broken);
        }
    }

    private static X500Name subject(String commonName, List<String> organizations) {
        var builder = new X500NameBuilder(BCStyle.INSTANCE);
        organizations.forEach(organization -> builder.addRDN(BCStyle.O, organization));
        return builder.addRDN(BCStyle.CN, commonName).build();
    }
}
