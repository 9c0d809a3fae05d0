package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.group.Decision;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.AdmissionResponse.Cause;
import dev.portcullis.gateway.review.AdmissionResponse.Status;
import dev.portcullis.gateway.verdict.MemberVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the expression of a group for one request (policy-server §15). Members run one after
 * the other on the evaluating thread, each when the expression calls it.
 */
final class GroupRun {
    private static final int FAILURE_CODE = 500;

    private final Policy.Group group;
    private final Task task;
    private final PolicyRun run;

    /** The latest verdict of every member that was called. The reference has no order; by name. */
    private final SortedMap<String, MemberVerdict> verdicts = new TreeMap<>();

    GroupRun(Policy.Group group, Task task, PolicyRun run) {
        this.group = group;
        this.task = task;
        this.run = run;
    }

    /** What the group says; members' warnings, annotations and patches are not passed on. */
    AdmissionResponse response() {
        String uid = task.review().uid();
        try {
            return switch (group.expression().evaluate(this::call)) {
                case YES -> AdmissionResponse.accepted(uid);
                case NO, UNDECIDED ->
                        new AdmissionResponse(
                                uid,
                                false,
                                null,
                                new Status(group.entry().message(), causes(), null),
                                null,
                                null);
            };
        } catch (GivenUpException e) {
            return AdmissionResponse.rejected(
                    uid,
                    "error evaluating policy group expression: " + e.getMessage(),
                    FAILURE_CODE);
        }
    }

    private Decision call(String name) throws GivenUpException {
        Policy.Ready member =
                Objects.requireNonNull(group.members().get(name), "the expression was checked");
        if (task.deadline().passed()) {
            throw new GivenUpException(
                    "the time of the request was over before member '" + name + "' was called");
        }
        PolicyRun.Result result = run.of(member);
        MemberVerdict verdict = MemberVerdict.of(result.evaluation(), result.payload());
        verdicts.put(name, verdict);
        return switch (verdict) {
            case MemberVerdict.Admitted() -> Decision.YES;
            case MemberVerdict.Denied(_) -> Decision.NO;
            case MemberVerdict.Undecided(_) -> Decision.UNDECIDED;
            case MemberVerdict.NotStarted(var message) ->
                    throw new GivenUpException("member '" + name + "': " + message);
        };
    }

    private List<Cause> causes() {
        List<Cause> causes = new ArrayList<>();
        verdicts.forEach((name, verdict) -> {
            switch (verdict) {
                case MemberVerdict.Admitted() -> {}
                case MemberVerdict.Denied(var message) -> causes.add(cause(name, message));
                case MemberVerdict.Undecided(var message) -> causes.add(cause(name, message));
                case MemberVerdict.NotStarted(var message) -> causes.add(cause(name, message));
            }
        });
        return causes;
    }

    private static Cause cause(String member, @Nullable String message) {
        return new Cause(null, message, "spec.policies." + member);
    }

    /** There is no result that the members' verdicts could explain; the message says why. */
    private static final class GivenUpException extends Exception {
        private static final long serialVersionUID = 1;

        GivenUpException(String message) {
            super(message);
        }
    }
}
