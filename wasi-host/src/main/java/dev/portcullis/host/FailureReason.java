package dev.portcullis.host;

/** Why an evaluation reached no decision. */
public enum FailureReason {
    /** The guest ended with a non-zero exit code. */
    EXIT,
    /** A waPC guest answered with an error of its own. */
    GUEST_ERROR,
    /** The guest trapped: unreachable code, out-of-bounds access, stack exhausted, and the like. */
    TRAP,
    /** The deadline passed while the guest computed, waited or slept. */
    DEADLINE,
    /** The deadline passed before the guest got a permit to compute. */
    OVERLOAD,
    /** The guest wanted more linear memory than its limit. */
    MEMORY,
    /** The guest wrote more than its limit to standard output and standard error. */
    OUTPUT,
    /** The guest asked more questions than its limit. */
    HOST_CALLS,
    /** The guest ended well but its output is not the answer that the protocol asks for. */
    ANSWER,
    /** What the policy is given to know about the cluster could not be had. */
    CONTEXT,
    /** The module could not be started, or the host itself failed. */
    INTERNAL
}
