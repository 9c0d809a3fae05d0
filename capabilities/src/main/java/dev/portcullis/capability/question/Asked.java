package dev.portcullis.capability.question;

import dev.portcullis.host.Deadline;

/**
 * A question on its way.
 *
 * @param deadline when the answer must be there; an answer after it reaches no one
 */
public record Asked(Question question, Deadline deadline) {}
