package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.conformance.policy.FixturePolicies;
import dev.portcullis.host.AdmissionResponse;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.ValidationResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies in Rego: how they are asked, what they answer, and what happens when they misbehave. */
class RegoPolicyTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ERROR = "internal server error: ";
    private static final Map<StartLevel.Kind, WasmPolicyEngine> ENGINES = new ConcurrentHashMap<>();

    private static PolicyModule policy(String name) {
        return policy(name, StartLevel.Kind.INITIALISED);
    }

    private static PolicyModule policy(String name, StartLevel.Kind highest) {
        try {
            return ENGINES.computeIfAbsent(highest, level -> new WasmPolicyEngine(4, level))
                    .load(FixturePolicies.inTree().rego(name));
        } catch (ModuleException e) {
            throw new AssertionError(e);
        }
    }

    private static EvaluationContext context(
            Duration time, ContextData data, GuestLimits limits, PolicyType judged) {
        return new EvaluationContext(
                HostCalls.NONE, data, ComputePermits.UNBOUNDED, limits, Deadline.in(time), judged);
    }

    private static EvaluationContext patient() {
        return context(
                Duration.ofSeconds(60),
                ContextData.NONE,
                GuestLimits.DEFAULT,
                PolicyType.KUBERNETES);
    }

    private static EvaluationContext knowing(ContextData data) {
        return context(Duration.ofSeconds(60), data, GuestLimits.DEFAULT, PolicyType.KUBERNETES);
    }

    private static byte[] payload(Object request, Object settings) {
        return json(Map.of("request", request, "settings", settings));
    }

    private static Map<String, Object> pod(Map<String, ?> metadata, String... images) {
        return Map.of(
                "uid",
                "1",
                "operation",
                "CREATE",
                "namespace",
                "shop",
                "object",
                Map.of(
                        "metadata",
                        metadata,
                        "spec",
                        Map.of(
                                "containers",
                                Stream.of(images).map(image -> Map.of("image", image)).toList())));
    }

    private static ValidationResponse answered(Evaluation evaluation) {
        assertThat(evaluation).isInstanceOf(Evaluation.Answered.class);
        return ((Evaluation.Answered) evaluation).response();
    }

    private static AdmissionResponse reviewed(Evaluation evaluation) {
        assertThat(evaluation).isInstanceOf(Evaluation.Reviewed.class);
        return ((Evaluation.Reviewed) evaluation).response();
    }

    private static String onlyWarning(AdmissionResponse response) {
        assertThat(response.warnings()).hasSize(1);
        return Objects.requireNonNull(response.warnings()).getFirst();
    }

    private static void assertFailed(
            Evaluation evaluation, FailureReason reason, String messageStart) {
        assertThat(evaluation)
                .asInstanceOf(type(Evaluation.Failed.class))
                .satisfies(
                        failed -> assertThat(failed.message()).startsWith(messageStart),
                        failed -> assertThat(failed.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void aGatekeeperPolicyWithoutViolationsAccepts(StartLevel.Kind level) {
        var request = pod(Map.of("labels", Map.of("team", "blue")));
        var module = policy("required-team", level);

        var response =
                answered(
                        module.validate(
                                payload(request, Map.of("teams", List.of("blue"))), patient()));

        assertThat(response).isEqualTo(new ValidationResponse(true, null, null, null, null, null));
        assertThat(module.startLevel().kind()).isEqualTo(level);
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void aGatekeeperPolicyRejectsWithItsMessage(StartLevel.Kind level) {
        var request = pod(Map.of("labels", Map.of("team", "red")));

        var response =
                answered(
                        policy("required-team", level)
                                .validate(
                                        payload(request, Map.of("teams", List.of("blue", "green"))),
                                        patient()));

        assertThat(response)
                .isEqualTo(
                        new ValidationResponse(
                                false,
                                "team red is not one of [\"blue\", \"green\"]",
                                null,
                                null,
                                null,
                                null));
    }

    @Test
    void aGatekeeperPolicyRefusesRawRequests() {
        assertFailed(
                policy("required-team")
                        .validate(
                                payload(Map.of("user", "tonio"), Map.of()),
                                context(
                                        Duration.ofSeconds(60),
                                        ContextData.NONE,
                                        GuestLimits.DEFAULT,
                                        PolicyType.RAW)),
                FailureReason.ANSWER,
                ERROR + "Gatekeeper does not support raw validation requests");
    }

    private static Evaluation violations(Object result) {
        return policy("malformed-violations")
                .validate(payload(pod(Map.of()), Map.of("result", result)), patient());
    }

    @Test
    void messagesOfViolationsAreJoined() {
        var response =
                answered(
                        violations(
                                List.of(
                                        Map.of("msg", "one"),
                                        Map.of("details", Map.of()),
                                        Map.of("msg", "two"))));
        assertThat(response.accepted()).isFalse();
        assertThat(response.message()).isEqualTo("one, two");
    }

    @Test
    void aViolationWithoutMessageCounts() {
        var response = answered(violations(List.of(Map.of())));
        assertThat(response.accepted()).isFalse();
        assertThat(response.message()).isEmpty();
    }

    @Test
    void aGatekeeperPolicyWithoutAResultIsRefused() {
        assertFailed(
                policy("malformed-violations")
                        .validate(payload(pod(Map.of()), Map.of()), patient()),
                FailureReason.ANSWER,
                ERROR + "cannot interpret Gatekeeper policy result");
    }

    static Stream<Object> malformedViolations() {
        return Stream.of(
                "no",
                false,
                0,
                Map.of("msg", "no list"),
                List.of("no object"),
                List.of(List.of()),
                List.of(Map.of("msg", 1)));
    }

    @ParameterizedTest
    @MethodSource("malformedViolations")
    void aMalformedResultOfAGatekeeperPolicyIsRefused(Object result) {
        assertFailed(violations(result), FailureReason.ANSWER, ERROR);
    }

    @Test
    void anOpaPolicyAnswersAWholeResponse() throws IOException {
        var response =
                reviewed(
                        policy("latest-image")
                                .validate(
                                        payload(
                                                pod(Map.of(), "a/b:1", "c"),
                                                Map.of("pullPolicy", "Always")),
                                        patient()));

        assertThat(response.allowed()).isFalse();
        assertThat(response.status())
                .isEqualTo(
                        new AdmissionResponse.Status(
                                null, "image c has no fixed tag", null, List.of(), 403));
        assertThat(JSON.readTree(Base64.getDecoder().decode(response.patch())))
                .hasSize(2)
                .first()
                .hasToString(
                        "{\"op\":\"add\",\"path\":\"/spec/containers/0/imagePullPolicy\","
                                + "\"value\":\"Always\"}");
    }

    @Test
    void settingsOfRegoPoliciesAreAlwaysValid() {
        assertThat(policy("latest-image").validateSettings(json(List.of()), patient()))
                .isInstanceOf(SettingsEvaluation.Valid.class);
    }

    private static Evaluation behaving(Map<String, ?> settings) {
        return policy("behaviour").validate(payload(pod(Map.of()), settings), patient());
    }

    private static Evaluation responding(Object response) {
        return behaving(Map.of("result", Map.of("response", response)));
    }

    @Test
    void everyMemberOfAResponseIsPassedOn() {
        var patch = Base64.getEncoder().encodeToString("[]".getBytes(StandardCharsets.UTF_8));
        var response =
                reviewed(
                        responding(
                                Map.of(
                                        "uid",
                                        "other",
                                        "allowed",
                                        true,
                                        "patchType",
                                        "JSONPatch",
                                        "patch",
                                        patch,
                                        "warnings",
                                        List.of("careful"),
                                        "auditAnnotations",
                                        Map.of("a", "b"),
                                        "unknown",
                                        1,
                                        "status",
                                        Map.of(
                                                "status", "Failure",
                                                "message", "m",
                                                "reason", "r",
                                                "code", 65_535,
                                                "details",
                                                        Map.of(
                                                                "causes",
                                                                List.of(Map.of("field", "f")))))));
        assertThat(response)
                .isEqualTo(
                        new AdmissionResponse(
                                true,
                                patch,
                                new AdmissionResponse.Status(
                                        "Failure",
                                        "m",
                                        "r",
                                        List.of(new AdmissionResponse.Cause(null, null, "f")),
                                        65_535),
                                Map.of("a", "b"),
                                List.of("careful")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"allowed\": true} | missing field `uid`",
                "{\"uid\": \"u\"} | missing field `allowed`",
                "{\"uid\": 1, \"allowed\": true} | uid: expected a string",
                "{\"uid\": \"u\", \"allowed\": \"yes\"} | allowed: expected true or false",
                "{\"uid\": \"u\", \"allowed\": null} | allowed: expected true or false",
                "{\"uid\": \"u\", \"allowed\": true, \"patchType\": \"Merge\"} | patchType:",
                "{\"uid\": \"u\", \"allowed\": true, \"patch\": \"?\"} | patch:",
                "{\"uid\": \"u\", \"allowed\": true, \"patch\": \"e30=\"} | patch:",
                "{\"uid\": \"u\", \"allowed\": true, \"patch\": [1]} | patch:",
                "{\"uid\": \"u\", \"allowed\": true, \"status\": []} | status:",
                "{\"uid\": \"u\", \"allowed\": true, \"status\": {\"details\": {}}} | status.details",
                "{\"uid\": \"u\", \"allowed\": true, \"status\": {\"code\": 65536}} | code:",
                "{\"uid\": \"u\", \"allowed\": true, \"status\": {\"code\": -1}} | code:",
                "{\"uid\": \"u\", \"allowed\": true, \"status\": {\"code\": 1.5}} | code:",
                "{\"uid\": \"u\", \"allowed\": true, \"warnings\": \"w\"} | warnings:",
                "{\"uid\": \"u\", \"allowed\": true, \"warnings\": [1]} | warnings:",
                "{\"uid\": \"u\", \"allowed\": true, \"auditAnnotations\": {\"a\": 1}} | auditA",
                "[] | response: expected an object",
            })
    void aResponseOfAnotherShapeIsRefused(String response, String detail) throws IOException {
        assertFailed(responding(JSON.readTree(response)), FailureReason.ANSWER, ERROR + detail);
    }

    static Stream<Map<String, ?>> missingResponses() {
        return Stream.of(
                Map.of(),
                Map.of("result", 1),
                Map.of("result", List.of()),
                Map.of("result", Map.of("allowed", true)));
    }

    @ParameterizedTest
    @MethodSource("missingResponses")
    void aResultWithoutAResponseIsRefused(Map<String, ?> settings) {
        assertFailed(
                behaving(settings),
                FailureReason.ANSWER,
                ERROR + "cannot interpret OPA policy result");
    }

    @Test
    void anErrorOfABuiltinIsRefusedAndNamesIt() {
        assertFailed(
                behaving(Map.of("behaviour", "builtin-error")),
                FailureReason.TRAP,
                ERROR + "wasm engine error: builtin semver.compare: operand 1");
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void anEndlessEvaluationIsEndedAtItsDeadline(StartLevel.Kind level) {
        var evaluation =
                policy("behaviour", level)
                        .validate(
                                payload(pod(Map.of()), Map.of("behaviour", "endless")),
                                context(
                                        Duration.ofSeconds(1),
                                        ContextData.NONE,
                                        GuestLimits.DEFAULT,
                                        PolicyType.KUBERNETES));
        assertFailed(
                evaluation,
                FailureReason.DEADLINE,
                ERROR + "guest code interrupted, execution deadline exceeded");
        assertThat(reviewed(behaving(Map.of("behaviour", "accept"))).allowed()).isTrue();
    }

    @Test
    void aSlowBuiltinIsEndedAtTheDeadline() {
        var request = Map.of("text", "x".repeat(4_000_000));
        var settings = Map.of("behaviour", "find", "pattern", "(x*)*(x*)*(x*)*(x*)*y");
        var evaluation =
                policy("behaviour")
                        .validate(
                                payload(request, settings),
                                context(
                                        Duration.ofMillis(300),
                                        ContextData.NONE,
                                        GuestLimits.DEFAULT,
                                        PolicyType.RAW));
        assertFailed(
                evaluation,
                FailureReason.DEADLINE,
                ERROR + "guest code interrupted, execution deadline exceeded");
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void memoryIsRefusedAtItsLimit(StartLevel.Kind level) {
        var limits = new GuestLimits(16 << 20, 1 << 20, 10);
        assertFailed(
                policy("behaviour", level)
                        .validate(
                                payload(pod(Map.of()), Map.of("behaviour", "memory")),
                                context(
                                        Duration.ofSeconds(60),
                                        ContextData.NONE,
                                        limits,
                                        PolicyType.KUBERNETES)),
                FailureReason.MEMORY,
                ERROR + "policy exceeded its memory limit of 16777216 bytes");
    }

    @Test
    void whatAPolicyPrintsIsBounded() {
        var limits = new GuestLimits(512 << 20, 200, 10);
        assertFailed(
                policy("behaviour")
                        .validate(
                                payload(pod(Map.of()), Map.of("behaviour", "print")),
                                context(
                                        Duration.ofSeconds(60),
                                        ContextData.NONE,
                                        limits,
                                        PolicyType.KUBERNETES)),
                FailureReason.OUTPUT,
                ERROR + "policy wrote more than its limit of 200 bytes of output");
    }

    @Test
    void missingBuiltinsAreNamedWhenThePolicyIsLoaded() {
        try (var engine = new WasmPolicyEngine(1, StartLevel.Kind.INITIALISED)) {
            assertThatThrownBy(() -> engine.load(FixturePolicies.inTree().rego("unknown-builtin")))
                    .isInstanceOf(ModuleException.class)
                    .hasMessage("Missing Rego builtins: http.send, net.lookup_ip_addr");
        }
    }

    @Test
    void aModuleOfAnotherVersionOfTheAbiIsRefused() {
        byte[] module = FixturePolicies.inTree().rego("required-team");
        int changed = replaceVersion(module);
        assertThat(changed).isEqualTo(1);
        try (var engine = new WasmPolicyEngine(1, StartLevel.Kind.INITIALISED)) {
            assertThatThrownBy(() -> engine.load(module))
                    .isInstanceOf(ModuleException.class)
                    .hasMessage(
                            "module has version 2 of OPA's WebAssembly ABI, this host knows"
                                    + " version 1 only");
        }
    }

    /** The second global of the module: an immutable i32 with value 1. */
    private static int replaceVersion(byte[] module) {
        int globalSection = 6;
        int at = 8;
        while (module[at] != globalSection) {
            int size = 0;
            int shift = 0;
            int next = at + 1;
            byte part;
            do {
                part = module[next++];
                size |= (part & 0x7f) << shift;
                shift += 7;
            } while (part < 0);
            at = next + size;
        }
        int changed = 0;
        for (int i = at; i < at + 24; i++) {
            boolean constantOne =
                    module[i] == 0x7f
                            && module[i + 1] == 0
                            && module[i + 2] == 0x41
                            && module[i + 3] == 1;
            if (constantOne) {
                module[i + 3] = 2;
                changed++;
                break;
            }
        }
        return changed;
    }

    @Test
    void aModuleThatIsNoRegoSaysWhatItLacks() {
        byte[] module = FixturePolicies.inTree().bytes("required-labels");
        var text = new String(module, StandardCharsets.ISO_8859_1);
        byte[] relabelled =
                text.replace("\"executionMode\":\"wasi\"", "\"executionMode\":\"opa\" ")
                        .getBytes(StandardCharsets.ISO_8859_1);
        try (var engine = new WasmPolicyEngine(1, StartLevel.Kind.INITIALISED)) {
            assertThatThrownBy(() -> engine.load(relabelled))
                    .isInstanceOf(ModuleException.class)
                    .hasMessageStartingWith("module imports what this host does not offer");
        }
    }

    @Test
    void theTimeAndRandomValuesHoldWithinAnEvaluationOnly() {
        var first = reviewed(behaving(Map.of("behaviour", "random")));
        var second = reviewed(behaving(Map.of("behaviour", "random")));
        assertThat(first.allowed()).isTrue();
        assertThat(first.status()).isNotNull().isNotEqualTo(second.status());
    }

    @Test
    void noRequestSeesAnEarlierOne() throws Exception {
        var module = policy("behaviour");
        var settings = Map.of("behaviour", "echo");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Evaluation>> answers = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                var request = Map.of("uid", "request-" + i, "text", "x".repeat(i * 7 % 1000));
                answers.add(
                        executor.submit(
                                () -> module.validate(payload(request, settings), patient())));
            }
            for (int i = 0; i < answers.size(); i++) {
                var echoed = onlyWarning(reviewed(answers.get(i).get()));
                assertThat(JSON.readTree(echoed))
                        .isEqualTo(
                                JSON.valueToTree(
                                        Map.of(
                                                "request",
                                                Map.of(
                                                        "uid",
                                                        "request-" + i,
                                                        "text",
                                                        "x".repeat(i * 7 % 1000)))));
            }
        }
    }

    @Test
    void theRequestReachesThePolicyWithEveryDigit() {
        var payload =
                "{\"request\":{\"n\":12345678901234567890.123456789,\"s\":\"\\u00e9\"},"
                        + "\"settings\":{\"behaviour\":\"echo\"}}";
        var response =
                reviewed(
                        policy("behaviour")
                                .validate(payload.getBytes(StandardCharsets.UTF_8), patient()));
        assertThat(response.warnings())
                .containsExactly(
                        "{\"request\":{\"n\":12345678901234567890.123456789,\"s\":\"é\"}}");
    }

    @Test
    void loneSurrogatesAreRefused() {
        var payload = "{\"request\":\"\\ud800 \\udfff\",\"settings\":{\"behaviour\":\"accept\"}}";
        assertFailed(
                policy("behaviour").validate(payload.getBytes(StandardCharsets.UTF_8), patient()),
                FailureReason.TRAP,
                ERROR + "wasm engine error: opa_abort: illegal string escape character");
    }

    private static ContextData objects(String byPlural, String inventory) {
        return (form, _) ->
                new ContextData.Data.Objects(
                        switch (form) {
                            case BY_PLURAL -> byPlural.getBytes(StandardCharsets.UTF_8);
                            case INVENTORY -> inventory.getBytes(StandardCharsets.UTF_8);
                        });
    }

    private static final String BY_PLURAL =
            "{\"namespaces\":{\"shop\":{}},\"deployments\":{\"shop\":{\"web\":{}}}}";
    private static final String INVENTORY =
            "{\"cluster\":{\"v1\":{\"Namespace\":{\"shop\":{}}}},"
                    + "\"namespace\":{\"shop\":{\"apps/v1\":{\"Deployment\":{\"web\":{}}}}}}";

    @Test
    void anOpaPolicyKnowsTheCluster() {
        var known = knowing(objects(BY_PLURAL, INVENTORY));
        var empty = knowing(objects("{\"namespaces\":{},\"deployments\":{}}", "{}"));
        byte[] payload = payload(pod(Map.of()), Map.of("kubernetes", "overwritten", "b", 1));
        var module = policy("context-opa");

        assertThat(reviewed(module.validate(payload, known)).allowed()).isTrue();
        var refused = reviewed(module.validate(payload, empty));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.status())
                .isEqualTo(
                        new AdmissionResponse.Status(
                                null, "namespace shop does not exist", null, List.of(), null));
    }

    @Test
    void aGatekeeperPolicyKnowsTheCluster() {
        var known = knowing(objects(BY_PLURAL, INVENTORY));
        var empty = knowing(objects("{}", "{\"cluster\":{},\"namespace\":{}}"));
        byte[] payload = payload(pod(Map.of()), Map.of());
        var module = policy("context-gatekeeper");

        assertThat(answered(module.validate(payload, known)).accepted()).isTrue();
        assertThat(answered(module.validate(payload, empty)).message())
                .isEqualTo("namespace shop does not exist");
    }

    @Test
    void aClusterThatCannotBeAskedRefusesInItsOwnWords() {
        ContextData broken = (_, _) -> new ContextData.Data.Unavailable("no cluster");
        assertFailed(
                policy("context-opa").validate(payload(pod(Map.of()), Map.of()), knowing(broken)),
                FailureReason.CONTEXT,
                "no cluster");
    }

    @Test
    void waitingForTheClusterEndsAtTheDeadline() {
        var never = new CountDownLatch(1);
        ContextData stuck =
                (_, _) -> {
                    never.await();
                    return new ContextData.Data.Nothing();
                };
        assertFailed(
                policy("context-opa")
                        .validate(
                                payload(pod(Map.of()), Map.of()),
                                context(
                                        Duration.ofMillis(200),
                                        stuck,
                                        GuestLimits.DEFAULT,
                                        PolicyType.KUBERNETES)),
                FailureReason.DEADLINE,
                ERROR + "guest code interrupted, execution deadline exceeded");
    }

    @Test
    void aPreparedPolicyAnswersTheSame() {
        var module = policy("required-team");
        module.prepare(json(Map.of("teams", List.of("blue"))));
        var request = pod(Map.of());
        assertThat(
                        answered(
                                        module.validate(
                                                payload(request, Map.of("teams", List.of())),
                                                patient()))
                                .message())
                .isEqualTo("label team is missing");
    }

    /** A call of a builtin that OPA compiled into a module, and what OPA itself answers. */
    record BuiltinCall(String builtin, JsonNode arguments, JsonNode outcome) {
        @Override
        public String toString() {
            return builtin + " " + arguments;
        }
    }

    /** Up to three cases of each builtin whose arguments are JSON. */
    static List<BuiltinCall> builtinCalls() throws IOException {
        var folder = FixturePolicies.inTree().regoFolder();
        var source = Files.readString(folder.resolve("builtins/policy.rego"));
        var seen = new HashMap<String, Integer>();
        var calls = new ArrayList<BuiltinCall>();
        for (var node : JSON.readTree(folder.resolve("expected.json").toFile())) {
            var builtin = node.get("builtin").asText();
            var arguments = asJson(node.get("arguments").asText());
            if (arguments != null
                    && source.contains("\"" + builtin + "\"")
                    && seen.merge(builtin, 1, Integer::sum) <= 3) {
                calls.add(new BuiltinCall(builtin, arguments, node));
            }
        }
        return calls;
    }

    /** Null for what only Rego can write. */
    private static @Nullable JsonNode asJson(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException notJson) {
            return null;
        }
    }

    @ParameterizedTest
    @MethodSource("builtinCalls")
    void aBuiltinCalledByAPolicyAnswersLikeOpa(BuiltinCall call) throws IOException {
        var evaluation =
                policy("builtins")
                        .validate(
                                payload(
                                        Map.of(),
                                        Map.of(
                                                "builtin",
                                                call.builtin(),
                                                "args",
                                                call.arguments())),
                                patient());
        if (call.outcome().has("error")) {
            assertFailed(
                    evaluation,
                    FailureReason.TRAP,
                    ERROR + "wasm engine error: builtin " + call.builtin() + ": ");
        } else if (!call.outcome().has("result")) {
            assertFailed(
                    evaluation, FailureReason.ANSWER, ERROR + "cannot interpret OPA policy result");
        } else {
            var answered = onlyWarning(reviewed(evaluation));
            var shown = call.outcome().get("result").asText();
            var expected = asJson(shown);
            if (expected != null) { // BuiltinsTest compares what is not JSON
                assertThat(JSON.readTree(answered)).isEqualTo(expected.get(0));
            }
        }
    }
}
