package dev.portcullis.capability.kubernetes;

/**
 * How near the Kubernetes capabilities are to their bounds, at one moment.
 *
 * @param objectCacheHits questions for one object that needed no request
 * @param objectCacheMisses the others
 * @param reviewCacheHits questions for a permission that needed no request
 * @param reviewCacheMisses the others
 * @param watches lists that are kept up to date
 * @param watchesBound how many there may be
 * @param watchedBytes what their objects take as JSON
 */
public record KubernetesUsage(
        long objectCacheHits,
        long objectCacheMisses,
        long reviewCacheHits,
        long reviewCacheMisses,
        int watches,
        int watchesBound,
        long watchedBytes) {}
