package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.review.AdmissionResponse;

/** How a {@link Task} ended; crosses the event bus. */
public sealed interface Outcome {
    /** There is an answer for the client. */
    record Decided(AdmissionResponse response) implements Outcome {}

    /** Too many evaluations are under way. */
    record Overloaded(int limit) implements Outcome {}

    /** Something broke; it has been logged. */
    record Broken() implements Outcome {}
}
