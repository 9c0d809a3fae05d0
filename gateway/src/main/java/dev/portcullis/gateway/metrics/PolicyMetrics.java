package dev.portcullis.gateway.metrics;

import dev.portcullis.gateway.policy.Entry;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.verdict.Origin;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Counts evaluations and how long they take, under the names of the reference (policy-server §20).
 * What counts is the answer of the policy itself, before mode and mutation rules.
 *
 * <p>The SDK keeps at most 2,000 combinations of attributes for each instrument; more are counted
 * together.
 */
public final class PolicyMetrics {
    private static final AttributeKey<String> POLICY = AttributeKey.stringKey("policy_name");
    private static final AttributeKey<String> MODE = AttributeKey.stringKey("policy_mode");
    private static final AttributeKey<String> KIND = AttributeKey.stringKey("resource_kind");
    private static final AttributeKey<String> NAMESPACE =
            AttributeKey.stringKey("resource_namespace");
    private static final AttributeKey<String> OPERATION =
            AttributeKey.stringKey("resource_request_operation");
    private static final AttributeKey<Boolean> ACCEPTED = AttributeKey.booleanKey("accepted");
    private static final AttributeKey<Boolean> MUTATED = AttributeKey.booleanKey("mutated");
    private static final AttributeKey<String> ORIGIN = AttributeKey.stringKey("request_origin");
    private static final AttributeKey<Long> CODE = AttributeKey.longKey("error_code");
    private static final AttributeKey<String> INITIALIZATION_ERROR =
            AttributeKey.stringKey("initialization_error");

    /** The SDK's own default, spelled out because dashboards rely on it. */
    private static final List<Long> LATENCY_BOUNDS =
            List.of(
                    0L, 5L, 10L, 25L, 50L, 75L, 100L, 250L, 500L, 750L, 1_000L, 2_500L, 5_000L,
                    7_500L, 10_000L);

    private final LongCounter evaluations;
    private final LongHistogram latency;
    private final LongHistogram waiting;
    private final LongCounter refused;

    /** Measures nothing. */
    public static PolicyMetrics none() {
        return new PolicyMetrics(MeterProvider.noop().get("kubewarden"));
    }

    /** Instruments of this meter. */
    public PolicyMetrics(Meter meter) {
        evaluations = meter.counterBuilder("kubewarden_policy_evaluations_total").build();
        latency =
                meter.histogramBuilder("kubewarden_policy_evaluation_latency_milliseconds")
                        .ofLongs()
                        .setExplicitBucketBoundariesAdvice(LATENCY_BOUNDS)
                        .build();
        refused =
                meter.counterBuilder("portcullis_evaluations_refused_total")
                        .setDescription("Evaluations refused because too many were under way")
                        .build();
        waiting =
                meter.histogramBuilder("portcullis_worker_wait_milliseconds")
                        .setDescription("How long evaluations waited for a worker")
                        .ofLongs()
                        .setExplicitBucketBoundariesAdvice(LATENCY_BOUNDS)
                        .build();
    }

    /**
     * An evaluation ended, or a request was accepted because of its namespace.
     *
     * @param policy the policy's name
     * @param mode whether its rejections count; null for a policy that has none
     * @param answer of the policy itself
     * @param took without the time that the evaluation waited for a worker, as in the reference
     */
    public void evaluated(
            String policy,
            Entry.@Nullable Mode mode,
            Review review,
            Origin origin,
            AdmissionResponse answer,
            Duration took) {
        AttributesBuilder attributes =
                Attributes.builder()
                        .put(POLICY, policy)
                        .put(ACCEPTED, answer.allowed())
                        .put(MUTATED, answer.patch() != null);
        if (mode != null) {
            attributes.put(MODE, lowerCase(mode));
        }
        Integer code = codeOf(answer);
        if (code != null) {
            attributes.put(CODE, code.longValue());
        }
        switch (review) {
            case Review.Admission admission -> {
                attributes.put(KIND, admission.subject().requestKind());
                attributes.put(OPERATION, admission.operation());
                attributes.put(ORIGIN, lowerCase(origin));
                String namespace = admission.namespace();
                if (namespace != null) {
                    attributes.put(NAMESPACE, namespace);
                }
            }
            case Review.Raw _ -> {}
        }
        Attributes all = attributes.build();
        evaluations.add(1, all);
        latency.record(took.toMillis(), all);
    }

    /** A request met a policy that could not be made ready. */
    public void notReady(String policy, String reason) {
        evaluations.add(1, Attributes.of(POLICY, policy, INITIALIZATION_ERROR, reason));
    }

    /** An evaluation of this policy waited so long for a worker, altogether. */
    public void waited(String policy, Duration time) {
        waiting.record(time.toMillis(), Attributes.of(POLICY, policy));
    }

    /** An evaluation was refused because too many are under way. */
    public void refused(String policy) {
        refused.add(1, Attributes.of(POLICY, policy));
    }

    private static @Nullable Integer codeOf(AdmissionResponse answer) {
        AdmissionResponse.Status status = answer.status();
        return status == null ? null : status.code();
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
