package dev.portcullis.gateway.verdict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.gateway.FakePolicies;
import dev.portcullis.gateway.Reviews;
import dev.portcullis.gateway.policy.PolicyEntry;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.AdmissionResponse.Cause;
import dev.portcullis.gateway.review.AdmissionResponse.Status;
import dev.portcullis.gateway.review.Payload;
import dev.portcullis.gateway.review.ReviewReader;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.ValidationResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy-server §11 to §13. */
class VerdictTest {
    private static final String MUTATION_REFUSED =
            "Request rejected by policy p. The policy attempted to mutate the request, but it is"
                    + " currently configured to not allow mutations.";

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text);
    }

    private static Payload payload(String object) throws Exception {
        byte[] body = Reviews.create("u", "default", object).getBytes(UTF_8);
        return ReviewReader.admission(body).payload("{}".getBytes(UTF_8));
    }

    private static Evaluation answer(
            boolean accepted,
            @Nullable String message,
            @Nullable Integer code,
            @Nullable String mutatedObject)
            throws Exception {
        return new Evaluation.Answered(
                new ValidationResponse(
                        accepted,
                        message,
                        code,
                        mutatedObject == null ? null : json(mutatedObject),
                        Map.of("k", "v"),
                        List.of("w")));
    }

    private static AdmissionResponse judged(Evaluation evaluation, String keys, Origin origin)
            throws Exception {
        PolicyEntry entry = FakePolicies.entry("p", keys);
        return Verdict.of(evaluation, entry, origin, "u", payload("{\"a\":1}"));
    }

    /** What a row of the table in §12 says; in its words. */
    private static String outcome(AdmissionResponse response) {
        Status status = response.status();
        return (response.allowed() ? "accept" : "reject")
                + (response.patch() == null ? "" : " patch")
                + (status == null ? "" : " status")
                + (status == null || status.causes().isEmpty() ? "" : " cause");
    }

    @ParameterizedTest(name = "{0}, mutate {1}, custom message {2}, {3}: {4}")
    @CsvSource({
        "protect, false, false, accept, accept",
        "protect, true, false, accept, accept",
        "protect, true, true, accept, accept",
        "protect, true, false, mutate, accept patch",
        "protect, true, true, mutate, accept patch",
        "protect, false, false, mutate, reject status",
        "protect, false, true, mutate, reject status cause",
        "protect, false, false, reject, reject status",
        "protect, false, true, reject, reject status cause",
        "protect, true, false, reject, reject status",
        "protect, true, true, reject, reject status cause",
        "protect, true, false, reject-mutate, reject patch status",
        "protect, false, false, reject-mutate, reject status",
        "protect, false, false, fail, reject status",
        "protect, false, true, fail, reject status cause",
        "monitor, false, false, accept, accept",
        "monitor, false, false, mutate, accept",
        "monitor, true, false, mutate, accept",
        "monitor, true, true, mutate, accept",
        "monitor, false, false, reject, accept",
        "monitor, true, true, reject, accept",
        "monitor, false, true, fail, accept",
    })
    void modeMutationAndMessageRulesApply(
            String mode, boolean mutate, boolean message, String guest, String expected)
            throws Exception {
        String keys =
                "policyMode: %s, allowedToMutate: %s%s"
                        .formatted(mode, mutate, message ? ", message: custom" : "");
        AdmissionResponse response = judged(evaluation(guest), keys, Origin.VALIDATE);
        assertThat(outcome(response)).isEqualTo(expected);
        assertThat(response.uid()).isEqualTo("u");
    }

    private static Evaluation evaluation(String guest) throws Exception {
        return switch (guest) {
            case "accept" -> answer(true, null, null, null);
            case "mutate" -> answer(true, null, null, "{\"a\":2}");
            case "reject" -> answer(false, "no", 403, null);
            case "reject-mutate" -> answer(false, "no", 403, "{\"a\":2}");
            case "fail" -> new Evaluation.Failed(FailureReason.TRAP, "boom");
            default -> throw new IllegalArgumentException(guest);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "accept, accept",
        "mutate, accept patch",
        "reject, reject status",
        "fail, reject status"
    })
    void auditHearsWhatThePolicySaidWhateverTheRules(String guest, String expected)
            throws Exception {
        for (String mode : List.of("protect", "monitor")) {
            String keys = "policyMode: " + mode + ", message: custom";
            AdmissionResponse response = judged(evaluation(guest), keys, Origin.AUDIT);
            assertThat(outcome(response)).isEqualTo(expected);
        }
    }

    @Test
    void thePolicysWordsCodeWarningsAndAnnotationsAreCopied() throws Exception {
        AdmissionResponse response = judged(answer(true, "fine", 299, null), "", Origin.VALIDATE);
        assertThat(response)
                .isEqualTo(
                        new AdmissionResponse(
                                "u",
                                true,
                                null,
                                new Status("fine", List.of(), 299),
                                Map.of("k", "v"),
                                List.of("w")));
    }

    @Test
    void anAcceptedRequestWithoutWordsHasNoStatus() throws Exception {
        assertThat(judged(answer(true, null, null, null), "", Origin.VALIDATE).status()).isNull();
    }

    @Test
    void aFailureIsARejectionWithItsMessageAndCode500() throws Exception {
        assertThat(judged(evaluation("fail"), "", Origin.VALIDATE))
                .isEqualTo(AdmissionResponse.rejected("u", "boom", 500));
    }

    @Test
    void aCustomMessageKeepsTheCodeAndTheOriginalWordsAsACause() throws Exception {
        AdmissionResponse response =
                judged(answer(false, "no", 403, null), "message: custom", Origin.VALIDATE);
        assertThat(response.status())
                .isEqualTo(new Status("custom", List.of(new Cause(null, "no", null)), 403));
    }

    @Test
    void aCustomMessageForARejectionWithoutWordsHasAnEmptyCause() throws Exception {
        AdmissionResponse response =
                judged(answer(false, null, null, null), "message: custom", Origin.VALIDATE);
        assertThat(response.status())
                .isEqualTo(new Status("custom", List.of(new Cause(null, "", null)), null));
    }

    @Test
    void aRefusedMutationSaysSoAndHasNoCode() throws Exception {
        AdmissionResponse response =
                judged(answer(true, "fine", 299, "{\"a\":2}"), "", Origin.VALIDATE);
        assertThat(response.status()).isEqualTo(new Status(MUTATION_REFUSED, List.of(), null));
        assertThat(response.warnings()).containsExactly("w");
    }

    @Test
    void monitorModeKeepsWarningsAndAnnotations() throws Exception {
        AdmissionResponse response =
                judged(answer(false, "no", 1, null), "policyMode: monitor", Origin.VALIDATE);
        assertThat(response)
                .isEqualTo(
                        new AdmissionResponse(
                                "u", true, null, null, Map.of("k", "v"), List.of("w")));
    }

    @Test
    void thePatchIsBase64OfCompactJson() throws Exception {
        AdmissionResponse response =
                judged(
                        answer(true, null, null, "{\"a\":2}"),
                        "allowedToMutate: true",
                        Origin.VALIDATE);
        String patch = Objects.requireNonNull(response.patch());
        assertThat(new String(Base64.getDecoder().decode(patch), UTF_8))
                .isEqualTo("[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}]");
    }

    @Test
    void anObjectThatComesBackUnchangedIsNoMutation() throws Exception {
        AdmissionResponse response =
                judged(answer(true, null, null, "{\"a\":1}"), "", Origin.VALIDATE);
        assertThat(outcome(response)).isEqualTo("accept");
    }

    @ParameterizedTest
    @CsvSource({"VALIDATE", "AUDIT"})
    void mutatingAnAbsentObjectIsRejectedWithoutCode(Origin origin) throws Exception {
        AdmissionResponse response =
                Verdict.of(
                        answer(true, null, null, "{\"a\":1}"),
                        FakePolicies.entry("p", "allowedToMutate: true"),
                        origin,
                        "u",
                        payload("null"));
        assertThat(response)
                .isEqualTo(
                        AdmissionResponse.rejected(
                                "u",
                                "Incoming object is null, which happens only with DELETE"
                                        + " operations, but the policy is attempting a mutation."
                                        + " This is not allowed",
                                null));
    }

    @Test
    void aNullMutatedObjectIsNoMutation() throws Exception {
        AdmissionResponse response = judged(answer(true, null, null, "null"), "", Origin.VALIDATE);
        assertThat(outcome(response)).isEqualTo("accept");
    }

    @Test
    void aRawRequestIsMutatedAsAWhole() throws Exception {
        Payload payload =
                ReviewReader.raw("{\"request\":{\"user\":\"x\"}}".getBytes(UTF_8))
                        .payload("{}".getBytes(UTF_8));
        AdmissionResponse response =
                Verdict.of(
                        answer(true, null, null, "{\"user\":\"y\"}"),
                        FakePolicies.entry("p", "allowedToMutate: true"),
                        Origin.VALIDATE,
                        "u",
                        payload);
        String patch = Objects.requireNonNull(response.patch());
        assertThat(new String(Base64.getDecoder().decode(patch), UTF_8))
                .isEqualTo("[{\"op\":\"replace\",\"path\":\"/user\",\"value\":\"y\"}]");
    }

    private static Evaluation reviewed(boolean allowed, @Nullable String patch) {
        return new Evaluation.Reviewed(
                new dev.portcullis.host.AdmissionResponse(
                        allowed,
                        patch,
                        new dev.portcullis.host.AdmissionResponse.Status(
                                "Failure",
                                "m",
                                "r",
                                List.of(
                                        new dev.portcullis.host.AdmissionResponse.Cause(
                                                "a", "b", "c")),
                                409),
                        Map.of("k", "v"),
                        List.of("w")));
    }

    @Test
    void aWholeResponseOfAPolicyIsCopiedButForItsUid() throws Exception {
        AdmissionResponse response =
                judged(reviewed(true, "W10="), "allowedToMutate: true", Origin.VALIDATE);
        assertThat(response)
                .isEqualTo(
                        new AdmissionResponse(
                                "u",
                                true,
                                "W10=",
                                new Status(
                                        "Failure",
                                        "m",
                                        "r",
                                        List.of(new Cause("a", "b", "c")),
                                        409),
                                Map.of("k", "v"),
                                List.of("w")));
    }

    @Test
    void aPatchInAWholeResponseNeedsToBeAllowed() throws Exception {
        AdmissionResponse response =
                judged(reviewed(true, "W10="), "allowedToMutate: false", Origin.VALIDATE);
        assertThat(outcome(response)).isEqualTo("reject status");
        assertThat(response.status()).isEqualTo(new Status(MUTATION_REFUSED, List.of(), null));
    }

    @Test
    void aCustomMessageKeepsTheCausesOfAWholeResponse() throws Exception {
        AdmissionResponse response =
                judged(reviewed(false, null), "message: custom", Origin.VALIDATE);
        assertThat(response.status())
                .isEqualTo(
                        new Status(
                                "Failure",
                                "custom",
                                "r",
                                List.of(new Cause("a", "b", "c"), new Cause(null, "m", null)),
                                409));
    }

    @Test
    void aPatchOfNothingIsRefusedInAWholeResponseToo() throws Exception {
        byte[] body = Reviews.create("u", "default", "null").getBytes(UTF_8);
        Payload payload = ReviewReader.admission(body).payload("{}".getBytes(UTF_8));
        PolicyEntry entry = FakePolicies.entry("p", "allowedToMutate: true");
        AdmissionResponse response =
                Verdict.of(reviewed(true, "W10="), entry, Origin.VALIDATE, "u", payload);
        assertThat(outcome(response)).isEqualTo("reject status");
    }

    @Test
    void aWholeResponseCountsInAGroupLikeAnyOther() throws Exception {
        Payload payload = payload("{\"a\":1}");
        assertThat(MemberVerdict.of(reviewed(true, null), payload))
                .isEqualTo(new MemberVerdict.Admitted());
        assertThat(MemberVerdict.of(reviewed(false, null), payload))
                .isEqualTo(new MemberVerdict.Denied("m"));
        assertThat(MemberVerdict.of(reviewed(true, "W10="), payload))
                .isEqualTo(
                        new MemberVerdict.Undecided(
                                "mutation is not allowed inside of policy group"));
    }
}
