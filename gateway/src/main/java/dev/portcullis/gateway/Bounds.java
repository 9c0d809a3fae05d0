package dev.portcullis.gateway;

import dev.portcullis.capability.CapabilityUsage;
import dev.portcullis.gateway.evaluate.EvaluatorUsage;
import dev.portcullis.gateway.metrics.Gauges;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.host.StartLevel;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Shows every bound of this process beside how much of it is used. */
final class Bounds {
    private static final AttributeKey<String> LANE = AttributeKey.stringKey("lane");
    private static final AttributeKey<String> POLICY = AttributeKey.stringKey("policy_name");
    private static final AttributeKey<String> LEVEL = AttributeKey.stringKey("start_level");

    private Bounds() {}

    static void of(Supplier<EvaluatorUsage> usage, Gauges gauges) {
        gauges.gauge(
                "portcullis_workers_busy",
                "Policies that compute at this moment",
                () -> usage.get().workersBusy());
        gauges.gauge(
                "portcullis_workers_limit",
                "How many policies may compute at once",
                () -> usage.get().workersBound());
        lanes(
                "portcullis_evaluations_in_flight",
                "Evaluations under way, waiting ones included",
                usage,
                EvaluatorUsage.Evaluations::inFlight,
                gauges);
        lanes(
                "portcullis_evaluations_limit",
                "How many evaluations may be under way",
                usage,
                EvaluatorUsage.Evaluations::bound,
                gauges);
    }

    private static void lanes(
            String name,
            String description,
            Supplier<EvaluatorUsage> usage,
            ToLongFunction<EvaluatorUsage.Evaluations> value,
            Gauges gauges) {
        gauges.gauges(
                name,
                description,
                gauge -> {
                    EvaluatorUsage now = usage.get();
                    gauge.record(
                            value.applyAsLong(now.admission()), Attributes.of(LANE, "admission"));
                    gauge.record(value.applyAsLong(now.audit()), Attributes.of(LANE, "audit"));
                });
    }

    static void of(Policies policies, Gauges gauges) {
        gauges.gauges(
                "portcullis_policy_start_level",
                "1 for the way in which evaluations of the policy start",
                gauge -> {
                    for (Policy policy : policies.all()) {
                        if (policy instanceof Policy.Ready ready) {
                            StartLevel level = ready.module().startLevel();
                            gauge.record(
                                    1,
                                    Attributes.of(
                                            POLICY,
                                            policy.id(),
                                            LEVEL,
                                            level.kind().name().toLowerCase(Locale.ROOT)));
                        }
                    }
                });
        gauges.gauge(
                "portcullis_policies_broken",
                "Policies that could not be made ready and reject every request",
                () -> policies.broken().size());
    }

    static void ofCapabilities(Supplier<CapabilityUsage> usage, Gauges gauges) {
        gauges.gauge(
                "portcullis_host_questions_in_flight",
                "Evaluations that wait for an answer to a question",
                () -> usage.get().questionsInFlight());
        gauges.gauge(
                "portcullis_host_questions_limit",
                "How many evaluations may wait for an answer",
                () -> usage.get().questionsBound());
        gauges.counter(
                "portcullis_host_questions_refused_total",
                "Questions refused because too many were waiting",
                () -> usage.get().questionsRefused());
        gauges.gauge(
                "portcullis_kubernetes_watches",
                "Lists of Kubernetes objects that are kept up to date",
                () -> usage.get().kubernetes().watches());
        gauges.gauge(
                "portcullis_kubernetes_watches_limit",
                "How many such lists there may be",
                () -> usage.get().kubernetes().watchesBound());
        gauges.gauge(
                "portcullis_kubernetes_watched_bytes",
                "Size of the objects in those lists as JSON",
                () -> usage.get().kubernetes().watchedBytes());
    }
}
