package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.policy.PolicyTimeout;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.verdict.Origin;
import dev.portcullis.host.Deadline;

/**
 * A request to evaluate; crosses the event bus.
 *
 * @param policy judges
 * @param review what is judged
 * @param origin who asks
 * @param deadline when the answer is worthless
 * @param timeout how long each policy may take besides; a group has several
 */
public record Task(
        Policy.Usable policy,
        Review review,
        Origin origin,
        Deadline deadline,
        PolicyTimeout timeout) {}
