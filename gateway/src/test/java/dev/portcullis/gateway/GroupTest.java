package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.gateway.FakePolicies.Member;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.ValidationResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy groups over HTTP: policy-server §12, §15 and §24. */
class GroupTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MUTATION = "mutation is not allowed inside of policy group";
    private static final String TIMEOUT =
            "Policy execution interrupted because it exceeded the allowed execution time";

    /** The members that were evaluated, in order. */
    private final ConcurrentLinkedQueue<String> evaluated = new ConcurrentLinkedQueue<>();

    private Member member(String name, Evaluation answer) {
        return new Member(
                new FakeModule((payload, context) -> {
                    evaluated.add(name);
                    return answer;
                }));
    }

    private static Evaluation answer(boolean accepted, String message, String mutated)
            throws Exception {
        return new Evaluation.Answered(
                new ValidationResponse(
                        accepted,
                        message,
                        403,
                        JSON.readTree(mutated),
                        Map.of("key", "value"),
                        List.of("warning")));
    }

    /** One member of every kind. */
    private Map<String, Member> members() throws Exception {
        Map<String, Member> members = new LinkedHashMap<>();
        members.put("happy", member("happy", answer(true, "fine", "null")));
        members.put("unhappy", member("unhappy", answer(false, "no!", "null")));
        members.put("unhappy2", member("unhappy2", FakeModule.reject("neither")));
        members.put(
                "silent",
                member(
                        "silent",
                        new Evaluation.Answered(
                                new ValidationResponse(false, null, null, null, null, null))));
        members.put("mutates", member("mutates", answer(true, "ok", "{\"changed\":1}")));
        members.put("forbids", member("forbids", answer(false, "no", "{\"changed\":1}")));
        members.put(
                "traps", member("traps", new Evaluation.Failed(FailureReason.TRAP, "unreachable")));
        members.put("late", member("late", new Evaluation.Failed(FailureReason.DEADLINE, TIMEOUT)));
        members.put(
                "crowded",
                member("crowded", new Evaluation.Failed(FailureReason.OVERLOAD, TIMEOUT)));
        members.put(
                "dead",
                member("dead", new Evaluation.Failed(FailureReason.INTERNAL, "no instance")));
        members.put(
                "throws",
                new Member(
                        new FakeModule((payload, context) -> {
                            throw new IllegalStateException("bug");
                        })));
        return members;
    }

    private Policy.Group group(String expression, String keys) throws Exception {
        return FakePolicies.group(
                "g",
                "expression: '%s', message: group says no%s".formatted(expression, keys),
                members());
    }

    private static JsonNode response(RunningGateway gateway, String path) throws Exception {
        String body = path.startsWith("/validate_raw") ? "{\"request\":{}}" : Reviews.create("u");
        var response = gateway.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body()).get("response");
    }

    private JsonNode judged(String expression, String path) throws Exception {
        try (var gateway = RunningGateway.serving(List.of(group(expression, "")))) {
            return response(gateway, path);
        }
    }

    private static List<String> causes(JsonNode response) {
        List<String> causes = new ArrayList<>();
        for (JsonNode cause : response.at("/status/details/causes")) {
            assertThat(cause.get("reason").isNull()).isTrue();
            causes.add(
                    cause.get("field").asText().replace("spec.policies.", "")
                            + "="
                            + cause.get("message").asText());
        }
        return causes;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = ';',
            value = {
                "happy() && true; true; happy; ''",
                "unhappy() && true; false; unhappy; unhappy=no!",
                "unhappy() || (happy() && unhappy2()); false; unhappy happy unhappy2;"
                        + " unhappy=no!, unhappy2=neither",
                "unhappy() || happy() || unhappy2(); true; unhappy happy; ''",
                "!unhappy(); true; unhappy; ''",
                "!happy(); false; happy; ''",
                "silent(); false; silent; silent=null",
                "unhappy2() || unhappy(); false; unhappy2 unhappy; unhappy=no!, unhappy2=neither",
                "unhappy() || unhappy(); false; unhappy unhappy; unhappy=no!",
                "false; false; ''; ''",
                "true || happy(); true; ''; ''",
                // Whoever changes the request has not said yes, and its opposite is not a yes.
                "mutates(); false; mutates; mutates=" + MUTATION,
                "forbids(); false; forbids; forbids=" + MUTATION,
                "mutates() || happy(); true; mutates happy; ''",
                "happy() && mutates(); false; happy mutates; mutates=" + MUTATION,
                "!mutates(); false; mutates; mutates=" + MUTATION,
                // Nor has whoever failed.
                "traps(); false; traps; traps=unreachable",
                "traps() || happy(); true; traps happy; ''",
                "!traps(); false; traps; traps=unreachable",
                "traps() == false; false; traps; traps=unreachable",
                "!(happy() && late()); false; happy late; late=" + TIMEOUT,
                "late() || crowded(); false; late crowded; crowded="
                        + TIMEOUT
                        + ", late="
                        + TIMEOUT,
            })
    void aGroupDecidesByItsExpression(
            String expression, boolean allowed, String evaluations, String causes)
            throws Exception {
        JsonNode response = judged(expression, "/validate/g");
        assertThat(response.get("allowed").asBoolean()).isEqualTo(allowed);
        assertThat(String.join(" ", evaluated)).isEqualTo(evaluations);
        assertThat(String.join(", ", causes(response))).isEqualTo(causes);
        assertThat(response.has("patch")).isFalse();
        assertThat(response.get("warnings").isNull()).isTrue();
        assertThat(response.get("auditAnnotations").isNull()).isTrue();
        assertThat(response.has("status")).isEqualTo(!allowed);
        if (!allowed) {
            assertThat(response.at("/status/message").asText()).isEqualTo("group says no");
            assertThat(response.get("status").has("code")).isFalse();
        }
    }

    @Test
    void anAcceptedRequestHasNothingButThat() throws Exception {
        try (var gateway = RunningGateway.serving(List.of(group("happy()", "")))) {
            assertThat(gateway.post("/validate/g", Reviews.create("u")).body())
                    .isEqualTo(
                            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
                                    + "\"response\":{\"uid\":\"u\",\"allowed\":true,"
                                    + "\"auditAnnotations\":null,\"warnings\":null}}");
        }
    }

    @Test
    void aRejectionReachesTheClientInTheFormOfTheProtocol() throws Exception {
        try (var gateway = RunningGateway.serving(List.of(group("unhappy()", "")))) {
            String response =
                    "{\"response\":{\"uid\":\"r\",\"allowed\":false,\"status\":{\"message\":"
                            + "\"group says no\",\"details\":{\"causes\":[{\"reason\":null,"
                            + "\"message\":\"no!\",\"field\":\"spec.policies.unhappy\"}]}},"
                            + "\"auditAnnotations\":null,\"warnings\":null}}";
            assertThat(gateway.post("/validate_raw/g", "{\"request\":{\"uid\":\"r\"}}").body())
                    .isEqualTo(response);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/g", "/validate_raw/g", "/audit/g"})
    void everyEndpointKnowsGroups(String path) throws Exception {
        JsonNode rejected = judged("unhappy() || mutates()", path);
        assertThat(rejected.get("allowed").asBoolean()).isFalse();
        assertThat(causes(rejected)).containsExactly("mutates=" + MUTATION, "unhappy=no!");
        assertThat(judged("unhappy() || happy()", path).get("allowed").asBoolean()).isTrue();
    }

    @Test
    void monitorModeAdmitsAndAuditStillHears() throws Exception {
        try (var gateway =
                RunningGateway.serving(List.of(group("unhappy()", ", policyMode: monitor")))) {
            for (String path : List.of("/validate/g", "/validate_raw/g")) {
                JsonNode response = response(gateway, path);
                assertThat(response.get("allowed").asBoolean()).isTrue();
                assertThat(response.has("status")).isFalse();
            }
            JsonNode audited = response(gateway, "/audit/g");
            assertThat(audited.get("allowed").asBoolean()).isFalse();
            assertThat(causes(audited)).containsExactly("unhappy=no!");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead()", "dead() || happy()", "!dead()", "unhappy() || dead()"})
    void aMemberThatCannotBeStartedEndsTheEvaluation(String expression) throws Exception {
        JsonNode response = judged(expression, "/validate/g");
        assertThat(response.get("allowed").asBoolean()).isFalse();
        assertThat(response.at("/status/message").asText())
                .isEqualTo("error evaluating policy group expression: member 'dead': no instance");
        assertThat(response.at("/status/code").asInt()).isEqualTo(500);
        assertThat(response.get("status").has("details")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/g", "/audit/g"})
    void whatAMemberThrowsIsAnErrorAndNoMore(String path) throws Exception {
        try (var gateway = RunningGateway.serving(List.of(group("!throws() || happy()", "")))) {
            var response = gateway.post(path, Reviews.create("u"));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body())
                    .isEqualTo("{\"message\":\"Something went wrong\",\"status\":500}");
        }
    }

    @Test
    void theLatestResultOfAMemberIsKept() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Member moody =
                new Member(
                        new FakeModule((payload, context) ->
                                calls.incrementAndGet() == 2
                                        ? FakeModule.accept()
                                        : FakeModule.reject("call " + calls.get())));
        var twice =
                FakePolicies.group(
                        "g", "expression: 'm() || m() && m()', message: no", Map.of("m", moody));
        try (var gateway = RunningGateway.serving(List.of(twice))) {
            assertThat(causes(response(gateway, "/validate/g"))).containsExactly("m=call 3");
        }
        var admittedLast =
                FakePolicies.group(
                        "g", "expression: '!(m() || m())', message: no", Map.of("m", moody));
        calls.set(0);
        try (var gateway = RunningGateway.serving(List.of(admittedLast))) {
            JsonNode response = response(gateway, "/validate/g");
            assertThat(response.get("allowed").asBoolean()).isFalse();
            assertThat(causes(response)).isEmpty();
        }
    }

    @Test
    void nothingOfOneRequestIsSeenByTheNext() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Member moody =
                new Member(
                        new FakeModule((payload, context) ->
                                calls.incrementAndGet() == 1
                                        ? FakeModule.reject("first")
                                        : FakeModule.accept()));
        var members = members();
        members.put("moody", moody);
        var group =
                FakePolicies.group("g", "expression: 'moody() && unhappy()', message: no", members);
        try (var gateway = RunningGateway.serving(List.of(group))) {
            assertThat(causes(response(gateway, "/validate/g"))).containsExactly("moody=first");
            assertThat(causes(response(gateway, "/validate/g"))).containsExactly("unhappy=no!");
        }
    }

    @Test
    void membersHaveTheirOwnSettingsAndGrants() throws Exception {
        FakeModule tells =
                new FakeModule((payload, context) -> {
                    String settings = JSON.readTree(payload).get("settings").toString();
                    HostCall call = new HostCall("kubewarden", "net", "x", new byte[0]);
                    HostAnswer answer = context.hostCalls().call(call, context.deadline());
                    return FakeModule.reject(
                            settings
                                    + (answer instanceof HostAnswer.Failure(var why)
                                            ? " " + why
                                            : " granted"));
                });
        HostCalls granted = (call, deadline) -> new HostAnswer.Success(new byte[0]);
        var group =
                FakePolicies.group(
                        "g",
                        "expression: 'a() || b()', message: no",
                        Map.of(
                                "a", new Member(tells, "settings: {x: 1}", HostCalls.NONE),
                                "b", new Member(tells, "settings: {y: 2}", granted)));
        try (var gateway = RunningGateway.serving(List.of(group))) {
            assertThat(causes(response(gateway, "/validate/g")))
                    .containsExactly(
                            "a={\"x\":1} Policy has not been granted access to the 'net/x' host"
                                    + " capability. The violation has been reported.",
                            "b={\"y\":2} granted");
        }
    }

    private static long millis(JsonNode response, int cause) {
        return response.at("/status/details/causes/" + cause + "/message").asLong();
    }

    @Test
    void membersHaveTheirOwnTimeLimitsWithinTheClients() throws Exception {
        FakeModule tells =
                new FakeModule((payload, context) ->
                        FakeModule.reject(
                                Long.toString(context.deadline().remaining().toMillis())));
        var group =
                FakePolicies.group(
                        "g",
                        "expression: 'usual() || own()', message: no",
                        Map.of(
                                "usual", new Member(tells),
                                "own",
                                        new Member(
                                                tells,
                                                "timeoutEvalSeconds: 1000",
                                                HostCalls.NONE)));
        try (var gateway = RunningGateway.serving(List.of(group), "--policy-timeout", "500")) {
            JsonNode alone = response(gateway, "/validate/g");
            assertThat(millis(alone, 0)).as("own").isBetween(900_000L, 1_000_000L);
            assertThat(millis(alone, 1)).as("usual").isBetween(400_000L, 500_000L);
            JsonNode hurried = response(gateway, "/validate/g?timeout=300s");
            assertThat(millis(hurried, 0)).as("own").isBetween(200_000L, 299_900L);
            assertThat(millis(hurried, 1)).as("usual").isBetween(200_000L, 299_900L);
        }
        try (var gateway = RunningGateway.serving(List.of(group), "--disable-timeout-protection")) {
            assertThat(millis(response(gateway, "/validate/g"), 0)).isGreaterThan(1_000_000_000L);
        }
    }

    /** Computes until its deadline, then fails as an engine would. */
    private static Evaluation untilItsDeadline(EvaluationContext context) {
        while (!context.deadline().passed()) {
            Thread.onSpinWait();
        }
        return new Evaluation.Failed(FailureReason.DEADLINE, TIMEOUT);
    }

    @Test
    void aMemberThatIsTooSlowDoesNotTakeTheTimeOfTheOthers() throws Exception {
        var members = members();
        members.put(
                "slow",
                new Member(
                        new FakeModule((payload, context) -> untilItsDeadline(context)),
                        "timeoutEvalSeconds: 1",
                        HostCalls.NONE));
        var group =
                FakePolicies.group("g", "expression: 'slow() || happy()', message: no", members);
        try (var gateway = RunningGateway.serving(List.of(group), "--policy-timeout", "60")) {
            assertThat(response(gateway, "/validate/g").get("allowed").asBoolean()).isTrue();
        }
    }

    @Test
    void noMemberIsCalledAfterTheTimeOfTheClient() throws Exception {
        var members = members();
        members.put(
                "slow",
                new Member(new FakeModule((payload, context) -> untilItsDeadline(context))));
        var group =
                FakePolicies.group("g", "expression: 'slow() || happy()', message: no", members);
        try (var gateway = RunningGateway.serving(List.of(group), "--policy-timeout", "60")) {
            JsonNode response = response(gateway, "/validate/g?timeout=200ms");
            assertThat(response.get("allowed").asBoolean()).isFalse();
            assertThat(response.at("/status/message").asText())
                    .isEqualTo(
                            "error evaluating policy group expression: the time of the request was"
                                    + " over before member 'happy' was called");
            assertThat(response.at("/status/code").asInt()).isEqualTo(500);
            assertThat(evaluated).isEmpty();
        }
    }

    @Test
    void membersAreAddressedWithAnEscapedSlash() throws Exception {
        var group = group("unhappy()", ", policyMode: monitor");
        var policies = new ArrayList<Policy>(group.members().values());
        policies.add(group);
        try (var gateway = RunningGateway.serving(policies)) {
            JsonNode response = response(gateway, "/validate/g%2Funhappy");
            assertThat(response.get("allowed").asBoolean()).as("no monitor mode").isFalse();
            assertThat(response.at("/status/message").asText()).isEqualTo("no!");
            assertThat(response.at("/status/code").asInt()).isEqualTo(403);
            assertThat(response.get("warnings").get(0).asText()).isEqualTo("warning");
            assertThat(response(gateway, "/audit/g%2Fhappy").get("allowed").asBoolean()).isTrue();
            assertThat(response(gateway, "/validate/g%2Fmutates").at("/status/message").asText())
                    .isEqualTo(
                            "Request rejected by policy g/mutates. The policy attempted to mutate"
                                    + " the request, but it is currently configured to not allow"
                                    + " mutations.");
            var unknown = gateway.post("/validate/g%2Fnobody", Reviews.create("u"));
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.body())
                    .isEqualTo("{\"message\":\"unknown policy: g/nobody\",\"status\":404}");
            assertThat(gateway.post("/validate/unhappy", Reviews.create("u")).statusCode())
                    .isEqualTo(404);
            assertThat(gateway.post("/validate/g/unhappy", Reviews.create("u")).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void theAlwaysAcceptedNamespaceGoesForGroups() throws Exception {
        var policies =
                List.of(
                        group("unhappy()", ""),
                        new Policy.Broken("refused", "file:///m", "refused", true),
                        new Policy.Broken("unknown", "file:///m", "unknown", false));
        try (var gateway =
                RunningGateway.serving(
                        policies, "--always-accept-admission-reviews-on-namespace", "free")) {
            String review = Reviews.create("u", "free", "{}");
            assertThat(gateway.post("/validate/g", review).body()).contains("\"allowed\":true");
            assertThat(gateway.post("/audit/g", review).body()).contains("\"allowed\":true");
            assertThat(gateway.post("/validate/refused", review).statusCode()).isEqualTo(200);
            assertThat(gateway.post("/validate/unknown", review).statusCode()).isEqualTo(404);
        }
        assertThat(evaluated).isEmpty();
    }

    @Test
    void aDeletionThatAMemberWantsToChangeIsRejectedEvenWhenNegated() throws Exception {
        for (String expression : List.of("mutates()", "!mutates()")) {
            try (var gateway = RunningGateway.serving(List.of(group(expression, "")))) {
                var answer =
                        gateway.post("/validate/g", Reviews.create("u", "default", "null")).body();
                JsonNode response = JSON.readTree(answer.getBytes(UTF_8)).get("response");
                assertThat(response.get("allowed").asBoolean()).isFalse();
                assertThat(causes(response).toString())
                        .contains(
                                "mutates=Incoming object is null, which happens only with DELETE");
            }
        }
    }

    @Test
    void aGroupTakesOnePlaceOfTheEvaluationsUnderWay() throws Exception {
        try (var gateway =
                RunningGateway.serving(
                        List.of(group("happy() && happy() && happy()", "")),
                        "--max-evaluations",
                        "1",
                        "--workers",
                        "1")) {
            for (int i = 0; i < 3; i++) {
                assertThat(response(gateway, "/validate/g").get("allowed").asBoolean()).isTrue();
            }
        }
    }
}
