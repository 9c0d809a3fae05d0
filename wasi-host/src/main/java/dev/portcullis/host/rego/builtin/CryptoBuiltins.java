package dev.portcullis.host.rego.builtin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Digests. */
final class CryptoBuiltins {
    static final Map<String, Builtin> ALL =
            Map.of(
                    "crypto.md5", digest("MD5"),
                    "crypto.sha1", digest("SHA-1"),
                    "crypto.sha256", digest("SHA-256"),
                    "crypto.hmac.md5", hmac("HmacMD5"),
                    "crypto.hmac.sha1", hmac("HmacSHA1"),
                    "crypto.hmac.sha256", hmac("HmacSHA256"),
                    "crypto.hmac.sha512", hmac("HmacSHA512"),
                    "crypto.hmac.equal", new Builtin(2, (a, _) -> equal(a)));

    private CryptoBuiltins() {}

    private static Builtin digest(String algorithm) {
        return new Builtin(
                1,
                (arguments, _) -> {
                    try {
                        return hex(
                                MessageDigest.getInstance(algorithm).digest(bytes(arguments, 0)));
                    } catch (GeneralSecurityException e) {
                        throw new BuiltinException(algorithm + " is not available here");
                    }
                });
    }

    private static Builtin hmac(String algorithm) {
        return new Builtin(
                2,
                (arguments, _) -> {
                    byte[] key = bytes(arguments, 1);
                    try {
                        var mac = Mac.getInstance(algorithm);
                        // Java refuses an empty key; HMAC pads every key with zeros.
                        mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
                        return hex(mac.doFinal(bytes(arguments, 0)));
                    } catch (GeneralSecurityException e) {
                        throw new BuiltinException(algorithm + " is not available here");
                    }
                });
    }

    private static Term equal(Arguments arguments) throws BuiltinException {
        return new Term.Truth(MessageDigest.isEqual(bytes(arguments, 0), bytes(arguments, 1)));
    }

    private static byte[] bytes(Arguments arguments, int index) throws BuiltinException {
        return arguments.text(index).getBytes(StandardCharsets.UTF_8);
    }

    private static Term hex(byte[] bytes) {
        return new Term.Text(HexFormat.of().formatHex(bytes));
    }
}
