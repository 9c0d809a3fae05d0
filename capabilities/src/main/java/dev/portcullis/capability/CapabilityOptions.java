package dev.portcullis.capability;

import dev.portcullis.capability.kubernetes.KubernetesConnection;
import dev.portcullis.capability.kubernetes.KubernetesOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * What the capabilities need and may use.
 *
 * @param kubernetes whom to ask about the cluster; without it Kubernetes questions fail, and say so
 * @param kubernetesOptions bounds of the Kubernetes capabilities
 * @param questionsInFlight how many guests may wait for an answer at once; more fail at once
 * @param longestQuestion how long a question may wait in an evaluation without a nearer deadline
 */
public record CapabilityOptions(
        Optional<KubernetesConnection> kubernetes,
        KubernetesOptions kubernetesOptions,
        int questionsInFlight,
        Duration longestQuestion) {
    /** The reference queues 100; a waiting guest is cheap here. */
    public static final int DEFAULT_QUESTIONS_IN_FLIGHT = 2_000;

    private static final Duration DEFAULT_LONGEST_QUESTION = Duration.ofSeconds(30);

    public CapabilityOptions {
        if (questionsInFlight < 1) {
            throw new IllegalArgumentException(
                    "at least one question must be let through, not " + questionsInFlight);
        }
    }

    /** The default bounds. */
    public static CapabilityOptions of(Optional<KubernetesConnection> kubernetes) {
        return new CapabilityOptions(
                kubernetes,
                KubernetesOptions.DEFAULT,
                DEFAULT_QUESTIONS_IN_FLIGHT,
                DEFAULT_LONGEST_QUESTION);
    }
}
