package dev.portcullis.gateway.tls;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks every second whether the TLS files changed. Runs on an event loop; files are read on a
 * worker thread.
 */
public final class CertificateVerticle extends VerticleBase {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ServerTls tls;
    private final AtomicBoolean looking = new AtomicBoolean();

    /** Deploy it after the listeners, so that they miss nothing. */
    public CertificateVerticle(ServerTls tls) {
        this.tls = tls;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(INTERVAL.toMillis(), timer -> look());
        return Future.succeededFuture();
    }

    /** A file system that hangs must not pile up threads. */
    private void look() {
        if (looking.compareAndSet(false, true)) {
            vertx.executeBlocking(
                            () -> {
                                tls.look();
                                return null;
                            })
                    .onComplete(done -> looking.set(false));
        }
    }
}
