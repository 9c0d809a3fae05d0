package dev.portcullis.host;

/**
 * Answers the questions that a guest asks while it runs (guest-abi §7).
 *
 * <p>Called on the evaluating thread, which may be virtual and may be parked for as long as the
 * answer takes. An implementation must answer or throw; it is interrupted when the deadline of the
 * evaluation passes.
 */
@FunctionalInterface
public interface HostCalls {
    /** Answers every call with an error; for guests that have no one to ask. */
    HostCalls NONE =
            (call, deadline) ->
                    new HostAnswer.Failure(
                            "Policy has not been granted access to the '"
                                    + call.path()
                                    + "' host capability. The violation has been reported.");

    /**
     * Answers one question.
     *
     * @param deadline when the evaluation must have ended; answering an error a little earlier
     *     leaves the guest time to handle it
     * @throws InterruptedException when the evaluating thread was interrupted while it waited
     */
    HostAnswer call(HostCall call, Deadline deadline) throws InterruptedException;
}
