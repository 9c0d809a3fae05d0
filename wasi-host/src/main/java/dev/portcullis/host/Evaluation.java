package dev.portcullis.host;

/**
 * How an evaluation ended. Whoever can show neither {@link Answered} nor {@link Reviewed} must
 * reject: silence never admits.
 */
public sealed interface Evaluation {
    /** The policy decided. */
    record Answered(ValidationResponse response) implements Evaluation {}

    /** The policy decided, and wrote the whole response itself. */
    record Reviewed(AdmissionResponse response) implements Evaluation {}

    /**
     * The policy reached no decision.
     *
     * @param reason what went wrong, for metrics and for callers that treat some failures apart
     * @param message what the client is told, complete (guest-abi §11)
     */
    record Failed(FailureReason reason, String message) implements Evaluation {}
}
