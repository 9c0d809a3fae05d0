package dev.portcullis.host;

/**
 * Everything an evaluation gets besides its payload.
 *
 * @param hostCalls answers the guest's questions, with the grants of its policy
 * @param permits bounds how many guests compute at once
 * @param limits memory, output and host calls
 * @param deadline when the evaluation must have ended
 */
public record EvaluationContext(
        HostCalls hostCalls, ComputePermits permits, GuestLimits limits, Deadline deadline) {}
