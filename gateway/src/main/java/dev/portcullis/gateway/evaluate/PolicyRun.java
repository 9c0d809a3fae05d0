package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.review.Payload;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.trace.Span;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import java.util.Map;

/**
 * Asks policies about one request, each with its own settings, grants and time limit, and all of
 * them within the request's deadline. Blocks the evaluating thread.
 */
final class PolicyRun {
    private final Task task;
    private final ComputePermits permits;
    private final GuestLimits limits;

    PolicyRun(Task task, ComputePermits permits, GuestLimits limits) {
        this.task = task;
        this.permits = permits;
        this.limits = limits;
    }

    /** What a policy answered, and what it had been given to read. */
    record Result(Evaluation evaluation, Payload payload) {}

    Result of(Policy.Ready policy) {
        Payload payload = task.review().payload(policy.entry().settings().json());
        Deadline deadline = task.timeout().deadlineFor(policy).min(task.deadline());
        EvaluationContext context =
                new EvaluationContext(
                        policy.hostCalls(),
                        policy.contextData(),
                        permits,
                        limits,
                        deadline,
                        judged(task.review()));
        Evaluation evaluation =
                Span.within(
                        "validate",
                        Map.of(
                                "policy_id",
                                policy.id(),
                                "runtime",
                                policy.module().metadata().executionMode().wireName()),
                        () -> policy.module().validate(payload.json(), context));
        return new Result(evaluation, payload);
    }

    private static PolicyType judged(Review review) {
        return switch (review) {
            case Review.Admission _ -> PolicyType.KUBERNETES;
            case Review.Raw _ -> PolicyType.RAW;
        };
    }
}
