package dev.portcullis.host.rego;

import dev.portcullis.host.FailureReason;

/** How the evaluation of a Rego policy ended. */
public sealed interface RegoResult {
    /**
     * The policy was evaluated.
     *
     * @param json a list of the bindings that the entry point has
     */
    record Finished(String json) implements RegoResult {}

    /** There is no result. The detail says why, without any prefix of the protocol. */
    record Failed(FailureReason reason, String detail) implements RegoResult {}
}
