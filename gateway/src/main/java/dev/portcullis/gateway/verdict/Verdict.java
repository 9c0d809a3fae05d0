package dev.portcullis.gateway.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.portcullis.gateway.patch.JsonDiff;
import dev.portcullis.gateway.policy.Entry;
import dev.portcullis.gateway.policy.GroupEntry;
import dev.portcullis.gateway.policy.PolicyEntry;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.AdmissionResponse.Cause;
import dev.portcullis.gateway.review.AdmissionResponse.Status;
import dev.portcullis.gateway.review.Payload;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.ValidationResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a policy said into what the client is told. */
public final class Verdict {
    private static final Logger LOG = LoggerFactory.getLogger(Verdict.class);
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    static final String MUTATION_OF_NOTHING =
            "Incoming object is null, which happens only with DELETE operations, but the policy is"
                    + " attempting a mutation. This is not allowed";
    private static final int FAILURE_CODE = 500;

    private Verdict() {}

    /** The response to a request that the policy has judged (policy-server §11, steps 6 and 7). */
    public static AdmissionResponse of(
            Evaluation evaluation, PolicyEntry policy, Origin origin, String uid, Payload payload) {
        return of(vanilla(evaluation, uid, payload), policy, origin);
    }

    /** What the policy itself said, in the shape of a response; measurements count this. */
    public static AdmissionResponse vanilla(Evaluation evaluation, String uid, Payload payload) {
        return switch (evaluation) {
            case Evaluation.Answered(var answer) -> vanilla(answer, uid, payload);
            case Evaluation.Reviewed(var written) -> vanilla(written, uid, payload);
            case Evaluation.Failed(_, var message) ->
                    AdmissionResponse.rejected(uid, message, FAILURE_CODE);
        };
    }

    /** The response when the policy itself said this. */
    public static AdmissionResponse of(
            AdmissionResponse vanilla, PolicyEntry policy, Origin origin) {
        return switch (origin) {
            case VALIDATE -> withRules(vanilla, policy);
            case AUDIT -> vanilla;
        };
    }

    /** The response to a request that the group has judged; a group has no patch. */
    public static AdmissionResponse ofGroup(
            AdmissionResponse vanilla, GroupEntry group, Origin origin) {
        return origin == Origin.VALIDATE && group.mode() == Entry.Mode.MONITOR
                ? monitored(vanilla, group.id(), false)
                : vanilla;
    }

    /** Exactly what the policy said (guest-abi §6.2). */
    private static AdmissionResponse vanilla(
            ValidationResponse answer, String uid, Payload payload) {
        return switch (mutation(answer, payload)) {
            case Mutation.OfNothing() -> AdmissionResponse.rejected(uid, MUTATION_OF_NOTHING, null);
            case Mutation.None() -> vanilla(answer, uid, (String) null);
            case Mutation.Patch(var patch) -> vanilla(answer, uid, patch);
        };
    }

    private static AdmissionResponse vanilla(
            ValidationResponse answer, String uid, @Nullable String patch) {
        Status status =
                answer.message() == null && answer.code() == null
                        ? null
                        : new Status(answer.message(), List.of(), answer.code());
        return new AdmissionResponse(
                uid,
                answer.accepted(),
                patch,
                status,
                answer.auditAnnotations(),
                answer.warnings());
    }

    /** Exactly what the policy wrote, for the request that was asked about (guest-abi §5.2). */
    private static AdmissionResponse vanilla(
            dev.portcullis.host.AdmissionResponse written, String uid, Payload payload) {
        if (mutation(written, payload) instanceof Mutation.OfNothing) {
            return AdmissionResponse.rejected(uid, MUTATION_OF_NOTHING, null);
        }
        var status = written.status();
        return new AdmissionResponse(
                uid,
                written.allowed(),
                written.patch(),
                status == null
                        ? null
                        : new Status(
                                status.status(),
                                status.message(),
                                status.reason(),
                                status.causes().stream()
                                        .map(each ->
                                                new Cause(
                                                        each.reason(),
                                                        each.message(),
                                                        each.field()))
                                        .toList(),
                                status.code()),
                written.auditAnnotations(),
                written.warnings());
    }

    /** What the policy wants to change of what it had been given to read. */
    static Mutation mutation(ValidationResponse answer, Payload payload) {
        JsonNode wanted = answer.mutatedObject();
        if (wanted == null || wanted.isNull()) {
            return new Mutation.None();
        }
        JsonNode original = payload.original();
        if (original == null) {
            return new Mutation.OfNothing();
        }
        ArrayNode operations = JsonDiff.between(original, wanted);
        return operations.isEmpty() ? new Mutation.None() : new Mutation.Patch(base64(operations));
    }

    /** What the policy's own patch changes of what it had been given to read. */
    static Mutation mutation(dev.portcullis.host.AdmissionResponse written, Payload payload) {
        if (written.patch() == null) {
            return new Mutation.None();
        }
        return payload.original() == null
                ? new Mutation.OfNothing()
                : new Mutation.Patch(written.patch());
    }

    private static String base64(ArrayNode operations) {
        try {
            return Base64.getEncoder().encodeToString(JSON.writeValueAsBytes(operations));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the mutated object cannot be written as JSON", e);
        }
    }

    /** Mode, mutation and message rules, in this order (policy-server §12). */
    private static AdmissionResponse withRules(AdmissionResponse vanilla, PolicyEntry policy) {
        AdmissionResponse response =
                switch (policy.mode()) {
                    case MONITOR -> monitored(vanilla, policy.id(), policy.allowedToMutate());
                    case PROTECT ->
                            vanilla.patch() != null && !policy.allowedToMutate()
                                    ? mutationRefused(vanilla, policy)
                                    : vanilla;
                };
        return response.allowed() || policy.message() == null
                ? response
                : withMessage(response, policy.message());
    }

    private static AdmissionResponse monitored(
            AdmissionResponse vanilla, String policy, boolean allowedToMutate) {
        Status status = vanilla.status();
        LOG.atInfo()
                .addKeyValue("policy_id", policy)
                .addKeyValue("allowed_to_mutate", allowedToMutate)
                .addKeyValue("uid", vanilla.uid())
                .addKeyValue("allowed", vanilla.allowed())
                .addKeyValue("mutated", vanilla.patch() != null)
                .addKeyValue("code", status == null ? null : status.code())
                .addKeyValue("response_message", status == null ? null : status.message())
                .log("policy evaluation (monitor mode)");
        return new AdmissionResponse(
                vanilla.uid(), true, null, null, vanilla.auditAnnotations(), vanilla.warnings());
    }

    private static AdmissionResponse mutationRefused(
            AdmissionResponse vanilla, PolicyEntry policy) {
        String message =
                "Request rejected by policy "
                        + policy.id()
                        + ". The policy attempted to mutate the request, but it is currently"
                        + " configured to not allow mutations.";
        return new AdmissionResponse(
                vanilla.uid(),
                false,
                null,
                new Status(message, List.of(), null),
                vanilla.auditAnnotations(),
                vanilla.warnings());
    }

    private static AdmissionResponse withMessage(AdmissionResponse response, String message) {
        Status status = response.status();
        String own = status == null || status.message() == null ? "" : status.message();
        List<Cause> causes = new ArrayList<>(status == null ? List.of() : status.causes());
        causes.add(new Cause(null, own, null));
        return new AdmissionResponse(
                response.uid(),
                response.allowed(),
                response.patch(),
                new Status(
                        status == null ? null : status.status(),
                        message,
                        status == null ? null : status.reason(),
                        causes,
                        status == null ? null : status.code()),
                response.auditAnnotations(),
                response.warnings());
    }
}
