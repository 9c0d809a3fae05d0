package dev.portcullis.gateway.verdict;

import dev.portcullis.gateway.review.Payload;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import org.jspecify.annotations.Nullable;

/** What a member of a policy group says to one request (policy-server §15). */
public sealed interface MemberVerdict {
    /** Yes. */
    record Admitted() implements MemberVerdict {}

    /** No, perhaps with a reason. */
    record Denied(@Nullable String message) implements MemberVerdict {}

    /**
     * Neither: it failed, or it wants to change the request. Counts as no, but its opposite is not
     * a yes.
     */
    record Undecided(String message) implements MemberVerdict {}

    /** The policy did not even run, through no doing of its own. */
    record NotStarted(String message) implements MemberVerdict {}

    /** What it says when it answered so, having read that. */
    static MemberVerdict of(Evaluation evaluation, Payload payload) {
        return switch (evaluation) {
            case Evaluation.Failed(var reason, var message) when reason == FailureReason.INTERNAL ->
                    new NotStarted(message);
            case Evaluation.Failed(_, var message) -> new Undecided(message);
            case Evaluation.Answered(var answer) ->
                    of(Verdict.mutation(answer, payload), answer.accepted(), answer.message());
            case Evaluation.Reviewed(var written) ->
                    of(
                            Verdict.mutation(written, payload),
                            written.allowed(),
                            written.status() == null ? null : written.status().message());
        };
    }

    private static MemberVerdict of(Mutation mutation, boolean admitted, @Nullable String message) {
        return switch (mutation) {
            case Mutation.Patch(_) ->
                    new Undecided("mutation is not allowed inside of policy group");
            case Mutation.OfNothing() -> new Undecided(Verdict.MUTATION_OF_NOTHING);
            case Mutation.None() -> admitted ? new Admitted() : new Denied(message);
        };
    }
}
