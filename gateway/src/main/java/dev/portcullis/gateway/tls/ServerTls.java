package dev.portcullis.gateway.tls;

import dev.portcullis.gateway.option.TlsOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS files of the API listener (policy-server §19).
 *
 * <p>Certificate and key are replaced together, once they belong together, and all authorities of
 * clients together; the one does not wait for the other. Connections that exist keep what they
 * began with. The reference sees only files that are written in place, and takes one certificate
 * where we take a chain.
 */
public final class ServerTls {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

    /**
     * What a listener needs.
     *
     * @param identity what clients are shown
     * @param authorities who signs the certificates that clients must show; null when they need not
     *     show any
     */
    public record Settings(PemKeyCertOptions identity, @Nullable PemTrustOptions authorities) {}

    private final WatchedFiles<Identity> identity;
    private final @Nullable WatchedFiles<PemTrustOptions> authorities;
    private final List<Function<Settings, Future<?>>> listeners = new CopyOnWriteArrayList<>();
    private boolean applied = true;

    private ServerTls(
            WatchedFiles<Identity> identity, @Nullable WatchedFiles<PemTrustOptions> authorities) {
        this.identity = identity;
        this.authorities = authorities;
    }

    /**
     * Reads and checks the files. Blocks.
     *
     * @throws TlsException when they cannot be used
     */
    public static ServerTls read(Vertx vertx, TlsOptions options) throws TlsException {
        WatchedFiles<Identity> identity =
                new WatchedFiles<>(
                        List.of(options.certificate(), options.key()),
                        (files, contents) -> Identity.of(vertx, files, contents));
        WatchedFiles<PemTrustOptions> authorities =
                options.clientAuthorities().isEmpty()
                        ? null
                        : new WatchedFiles<>(options.clientAuthorities(), ServerTls::authorities);
        log("certificate in use", identity.current().leaf());
        return new ServerTls(identity, authorities);
    }

    private static PemTrustOptions authorities(List<Path> files, List<Buffer> contents)
            throws TlsException {
        PemTrustOptions options = new PemTrustOptions();
        for (int i = 0; i < files.size(); i++) {
            Pem.certificates(files.get(i), contents.get(i));
            options.addCertValue(contents.get(i));
        }
        return options;
    }

    /** What the files said when they could last be used. */
    public Settings settings() {
        return new Settings(
                identity.current().options(), authorities == null ? null : authorities.current());
    }

    /** Has a listener told of every change; its future says whether it could use it. */
    public void onChange(Function<Settings, Future<?>> listener) {
        listeners.add(listener);
    }

    /** Reads the files again and tells the listeners if something changed. Blocks. */
    synchronized void look() {
        boolean newIdentity = identity.look();
        boolean newAuthorities = authorities != null && authorities.look();
        if (newIdentity) {
            log("certificate replaced", identity.current().leaf());
        }
        if (newAuthorities) {
            LOG.info("authorities of clients replaced");
        }
        if (newIdentity || newAuthorities || !applied) {
            applied = tell(settings());
        }
    }

    private boolean tell(Settings settings) {
        List<Future<?>> told = new ArrayList<>();
        for (Function<Settings, Future<?>> listener : listeners) {
            told.add(listener.apply(settings));
        }
        try {
            Future.join(told).toCompletionStage().toCompletableFuture().join();
            return true;
        } catch (RuntimeException e) {
            LOG.error("the listener cannot use the new TLS files, the old ones stay for now", e);
            return false;
        }
    }

    private static void log(String message, X509Certificate certificate) {
        LOG.atInfo()
                .addKeyValue("subject", certificate.getSubjectX500Principal().getName())
                .addKeyValue("serial", certificate.getSerialNumber().toString(16))
                .addKeyValue("not_after", certificate.getNotAfter().toInstant())
                .log(message);
    }
}
