package dev.portcullis.gateway.route;

import dev.portcullis.gateway.evaluate.Evaluators;
import dev.portcullis.gateway.evaluate.Outcome;
import dev.portcullis.gateway.evaluate.Task;
import dev.portcullis.gateway.policy.Policies;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.policy.PolicyTimeout;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.InvalidReviewException;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.host.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Answers one endpoint, on the event loop: reads the review, finds the policy, has it evaluated
 * (policy-server §11).
 */
final class ReviewHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ReviewHandler.class);
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
    private static final String ARRIVAL = "arrival";
    private static final int INIT_ERROR_CODE = 500;
    private static final int LONGEST_LOGGED_MESSAGE = 1_000;

    private final Endpoint endpoint;
    private final Policies policies;
    private final Evaluators evaluators;
    private final PolicyTimeout policyTimeout;
    private final @Nullable String alwaysAcceptNamespace;

    ReviewHandler(
            Endpoint endpoint,
            Policies policies,
            Evaluators evaluators,
            @Nullable Duration policyTimeout,
            @Nullable String alwaysAcceptNamespace) {
        this.endpoint = endpoint;
        this.policies = policies;
        this.evaluators = evaluators;
        this.policyTimeout = new PolicyTimeout(policyTimeout);
        this.alwaysAcceptNamespace = alwaysAcceptNamespace;
    }

    /** Runs before the body is read: notes the time and refuses what is not JSON. */
    void arrive(RoutingContext context) {
        context.put(ARRIVAL, System.nanoTime());
        long timer = context.vertx().setTimer(BODY_TIMEOUT.toMillis(), late -> giveUp(context));
        context.addEndHandler(ended -> context.vertx().cancelTimer(timer));
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
            case Policy _ when alwaysAccept ->
                    answer(context, review, id, AdmissionResponse.accepted(review.uid()));
            case Policy.Broken broken ->
                    answer(
                            context,
                            review,
                            id,
                            AdmissionResponse.rejected(
                                    review.uid(), broken.message(), INIT_ERROR_CODE));
            case Policy.Usable policy -> {
                Deadline deadline = clientDeadline.min(policyTimeout.deadlineFor(policy));
                evaluate(
                        context,
                        new Task(policy, review, endpoint.origin(), deadline, policyTimeout));
            }
        }
    }

    private static void unknown(RoutingContext context, String id) {
        Answer.error(context, 404, "unknown policy: " + id);
    }

    private void evaluate(RoutingContext context, Task task) {
        evaluators
                .evaluate(task)
                .onSuccess(outcome -> {
                    switch (outcome) {
                        case Outcome.Decided(var response) ->
                                answer(context, task.review(), task.policy().id(), response);
                        case Outcome.Overloaded(var limit) -> overloaded(context, limit);
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

    private void answer(
            RoutingContext context, Review review, String id, AdmissionResponse response) {
        log(review, id, response);
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

    private void log(Review review, String id, AdmissionResponse response) {
        Level level = response.allowed() ? Level.DEBUG : Level.INFO;
        if (!LOG.isEnabledForLevel(level)) {
            return;
        }
        var line =
                LOG.atLevel(level)
                        .addKeyValue("policy_id", id)
                        .addKeyValue("request_uid", review.uid());
        if (review instanceof Review.Admission admission) {
            line =
                    line.addKeyValue("operation", admission.operation())
                            .addKeyValue("kind", admission.kind())
                            .addKeyValue("namespace", orEmpty(admission.namespace()))
                            .addKeyValue("name", orEmpty(admission.name()));
        }
        AdmissionResponse.Status status = response.status();
        line.addKeyValue("allowed", response.allowed())
                .addKeyValue("mutated", response.patch() != null)
                .addKeyValue("response_code", status == null ? null : status.code())
                .addKeyValue("response_message", status == null ? "" : shortened(status.message()))
                .log(response.allowed() ? "admitted" : "rejected");
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String shortened(@Nullable String text) {
        String whole = orEmpty(text);
        return whole.length() <= LONGEST_LOGGED_MESSAGE
                ? whole
                : whole.substring(0, LONGEST_LOGGED_MESSAGE) + "…";
    }
}
