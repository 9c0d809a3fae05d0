package dev.portcullis.capability.kubernetes;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The token of the pod's service account, which the kubelet replaces about once an hour. */
final class ServiceAccountToken implements OAuthTokenProvider {
    private static final Duration FRESH = Duration.ofMinutes(1);

    private record Read(String token, long nanoTime) {}

    private final Path file;
    private volatile Read last;

    ServiceAccountToken(Path file) {
        this.file = file;
        this.last = read();
    }

    @Override
    public String getToken() {
        if (System.nanoTime() - last.nanoTime() > FRESH.toNanos()) {
            last = read();
        }
        return last.token();
    }

    private Read read() {
        try {
            return new Read(Files.readString(file).strip(), System.nanoTime());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
