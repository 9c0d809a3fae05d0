package dev.portcullis.capability.kubernetes;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The token of the pod's service account, which the kubelet replaces about once an hour. */
final class ServiceAccountToken implements OAuthTokenProvider {
    private record Read(String token, long nanoTime) {}

    private final Path file;
    private final Duration fresh;
    private volatile Read last;

    /**
     * @param fresh for how long a token that was read is used
     */
    ServiceAccountToken(Path file, Duration fresh) {
        this.file = file;
        this.fresh = fresh;
        this.last = read();
    }

    @Override
    public String getToken() {
        if (System.nanoTime() - last.nanoTime() >= fresh.toNanos()) {
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
