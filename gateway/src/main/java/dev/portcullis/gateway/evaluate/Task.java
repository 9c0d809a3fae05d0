package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.trace.Span;
import dev.portcullis.gateway.verdict.Origin;
import dev.portcullis.host.Deadline;

/**
 * A request to evaluate; crosses the event bus.
 *
 * @param policy judges
 * @param review what is judged
 * @param origin who asks
 * @param deadline when the answer is worthless
 * @param span what the work belongs to
 */
public record Task(
        Policy.Ready policy, Review review, Origin origin, Deadline deadline, Span span) {}
