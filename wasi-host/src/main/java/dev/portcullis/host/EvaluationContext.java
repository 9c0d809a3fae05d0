package dev.portcullis.host;

/**
 * Everything an evaluation gets besides its payload.
 *
 * @param hostCalls answers the guest's questions, with the grants of its policy
 * @param contextData what a guest that asks no questions is given to know
 * @param permits bounds how many guests compute at once
 * @param limits memory, output and host calls
 * @param deadline when the evaluation must have ended
 * @param judged whether the payload's request is one of Kubernetes or any JSON
 */
public record EvaluationContext(
        HostCalls hostCalls,
        ContextData contextData,
        ComputePermits permits,
        GuestLimits limits,
        Deadline deadline,
        PolicyMetadata.PolicyType judged) {
    /** A Kubernetes request, judged without knowledge of the cluster. */
    public EvaluationContext(
            HostCalls hostCalls, ComputePermits permits, GuestLimits limits, Deadline deadline) {
        this(
                hostCalls,
                ContextData.NONE,
                permits,
                limits,
                deadline,
                PolicyMetadata.PolicyType.KUBERNETES);
    }
}
