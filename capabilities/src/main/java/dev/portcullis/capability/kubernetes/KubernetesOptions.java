package dev.portcullis.capability.kubernetes;

import java.time.Duration;

/**
 * Bounds of the Kubernetes capabilities.
 *
 * @param cacheTime how long objects and access reviews are remembered
 * @param cacheBytes how many bytes of each of them are remembered
 * @param answerBytes the largest answer of the API server that is read
 * @param watches how many lists are kept up to date at once
 * @param idleWatch after how long without a question a list is given up
 * @param staleWatch for how long a list is still served after its watch broke
 */
public record KubernetesOptions(
        Duration cacheTime,
        long cacheBytes,
        int answerBytes,
        int watches,
        Duration idleWatch,
        Duration staleWatch) {
    /**
     * 5 s and 64 MiB of cache, answers of 64 MiB, 256 watches, given up after 30 min, served for 30
     * s after they broke.
     */
    public static final KubernetesOptions DEFAULT =
            new KubernetesOptions(
                    Duration.ofSeconds(5),
                    64L << 20,
                    64 << 20,
                    256,
                    Duration.ofMinutes(30),
                    Duration.ofSeconds(30));

    public KubernetesOptions {
        if (cacheBytes < 0 || answerBytes < 1 || watches < 1) {
            throw new IllegalArgumentException(
                    "bounds of the Kubernetes capabilities must be positive: cache "
                            + cacheBytes
                            + " bytes, answers "
                            + answerBytes
                            + " bytes, watches "
                            + watches);
        }
    }
}
