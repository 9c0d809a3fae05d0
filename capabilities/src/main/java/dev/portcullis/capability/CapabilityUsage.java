package dev.portcullis.capability;

import dev.portcullis.capability.kubernetes.KubernetesUsage;

/**
 * How near the capabilities are to their bounds, at one moment.
 *
 * @param questionsInFlight guests that wait for an answer
 * @param questionsBound how many may
 * @param questionsRefused how many were refused since the start because of that bound
 */
public record CapabilityUsage(
        int questionsInFlight,
        int questionsBound,
        long questionsRefused,
        KubernetesUsage kubernetes) {}
