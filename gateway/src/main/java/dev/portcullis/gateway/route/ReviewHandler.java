package dev.portcullis.gateway.route;

import dev.portcullis.gateway.evaluate.Evaluators;
import dev.portcullis.gateway.evaluate.Outcome;
import dev.portcullis.gateway.evaluate.Task;
import dev.portcullis.gateway.metrics.PolicyMetrics;
import dev.portcullis.gateway.policy.Entry;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.policy.PolicyTimeout;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.InvalidReviewException;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.trace.Span;
import dev.portcullis.gateway.trace.Spans;
import dev.portcullis.host.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one endpoint, on the event loop: reads the review, finds the policy, has it evaluated
 * (policy-server §11).
 */
final class ReviewHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewHandler.class);
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final String ARRIVAL = "arrival";
    private static final String SPAN = "span";
    private static final int INIT_ERROR_CODE = 500;

    private final Endpoint endpoint;
    private final Policies policies;
    private final Evaluators evaluators;
    private final PolicyTimeout policyTimeout;
    private final @Nullable String alwaysAcceptNamespace;
    private final PolicyMetrics metrics;
    private final Spans spans;

    ReviewHandler(
            Endpoint endpoint,
            Policies policies,
            Evaluators evaluators,
            @Nullable Duration policyTimeout,
            @Nullable String alwaysAcceptNamespace,
            PolicyMetrics metrics,
            Spans spans) {
        this.endpoint = endpoint;
        this.policies = policies;
        this.evaluators = evaluators;
        this.policyTimeout = new PolicyTimeout(policyTimeout);
        this.alwaysAcceptNamespace = alwaysAcceptNamespace;
        this.metrics = metrics;
        this.spans = spans;
    }

    /** Runs before the body is read: notes the time and refuses what is not JSON. */
    void arrive(RoutingContext context) {
        context.put(ARRIVAL, System.nanoTime());
        long timer = context.vertx().setTimer(BODY_TIMEOUT.toMillis(), late -> giveUp(context));
        context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
        RequestSpan.begin(context, spans);
        if (JsonType.is(context.request().getHeader("content-type"))) {
            context.next();
        } else {
            Answer.bodyError(context, endpoint, 415, Answer.UNSUPPORTED_TYPE);
        }
    }

    private static void giveUp(RoutingContext context) {
        if (!context.request().isEnded()) {
            LOG.debug("a client was too slow to send its request");
            context.response().reset();
        }
    }

    /** Runs when the body is there. */
    void judge(RoutingContext context) {
        Review review;
        Deadline clientDeadline;
        try {
            Buffer body = context.body().buffer();
            review = endpoint.read(body == null ? new byte[0] : body.getBytes());
            clientDeadline = clientDeadline(context);
        } catch (InvalidReviewException e) {
            int status =
                    switch (e.kind()) {
                        case MALFORMED -> 400;
                        case MISMATCH -> 422;
                    };
            Answer.bodyError(context, endpoint, status, String.valueOf(e.getMessage()));
            return;
        } catch (IllegalArgumentException e) {
            Answer.error(context, 400, String.valueOf(e.getMessage()));
            return;
        }
        String id = Objects.requireNonNull(context.pathParam("policy"), "the route has a policy");
        if (id.indexOf('/') != id.lastIndexOf('/')) {
            Answer.error(context, 500, Answer.BROKEN);
            return;
        }
        Span span = RequestSpan.of(context).part(endpoint.span());
        RequestFields.request(span, spans.host(), id, review);
        context.put(SPAN, span);
        context.addEndHandler(ended -> span.end());
        judge(context, review, id, clientDeadline);
    }

    private void judge(RoutingContext context, Review review, String id, Deadline clientDeadline) {
        boolean alwaysAccept =
                alwaysAcceptNamespace != null
                        && review instanceof Review.Admission admission
                        && alwaysAcceptNamespace.equals(admission.namespace());
        switch (policies.named(id)) {
            case null -> unknown(context, id);
            case Policy.Broken broken when alwaysAccept && !broken.known() -> unknown(context, id);
            case Policy policy when alwaysAccept -> acceptUnseen(context, review, policy);
            case Policy.Broken broken -> {
                metrics.notReady(id, broken.message());
                answer(
                        context,
                        AdmissionResponse.rejected(
                                review.uid(), broken.message(), INIT_ERROR_CODE));
            }
            case Policy.Usable policy -> {
                Deadline deadline = clientDeadline.min(policyTimeout.deadlineFor(policy));
                evaluate(
                        context,
                        new Task(
                                policy,
                                review,
                                endpoint.origin(),
                                deadline,
                                policyTimeout,
                                spanOf(context)));
            }
        }
    }

    private void acceptUnseen(RoutingContext context, Review review, Policy policy) {
        AdmissionResponse accepted = AdmissionResponse.accepted(review.uid());
        Entry.Mode mode = policy instanceof Policy.Usable usable ? usable.mode() : null;
        metrics.evaluated(policy.id(), mode, review, endpoint.origin(), accepted, Duration.ZERO);
        answer(context, accepted);
    }

    private static void unknown(RoutingContext context, String id) {
        Answer.error(context, 404, "unknown policy: " + id);
    }

    private void evaluate(RoutingContext context, Task task) {
        evaluators
                .evaluate(task)
                .onSuccess(outcome -> {
                    switch (outcome) {
                        case Outcome.Decided(var response) -> answer(context, response);
                        case Outcome.Overloaded(var limit) ->
                                spanOf(context).run(() -> overloaded(context, limit));
                        case Outcome.Broken() -> Answer.error(context, 500, Answer.BROKEN);
                    }
                })
                .onFailure(context::fail);
    }

    private static void overloaded(RoutingContext context, int limit) {
        LOG.warn("a request was refused: {} evaluations are under way", limit);
        Answer.error(
                context,
                503,
                "Too many evaluations are under way (limit " + limit + "), try again");
    }

    private void answer(RoutingContext context, AdmissionResponse response) {
        Span span = spanOf(context);
        RequestFields.response(span, response);
        if (response.allowed()) {
            span.run(() -> LOG.debug("admitted"));
        } else {
            span.run(() -> LOG.info("rejected"));
        }
        Answer.json(context, 200, endpoint.write(response));
    }

    private Deadline clientDeadline(RoutingContext context) {
        List<String> timeouts = context.queryParam("timeout");
        if (timeouts.isEmpty()) {
            return Deadline.none();
        }
        long arrival = Objects.requireNonNull(context.<Long>get(ARRIVAL), ARRIVAL);
        Duration timeout = ClientTimeout.forJudging(ClientTimeout.of(timeouts.getFirst()));
        return new Deadline(arrival + timeout.toNanos());
    }

    private static Span spanOf(RoutingContext context) {
        return Objects.requireNonNull(context.<Span>get(SPAN), SPAN);
    }
}
