package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.json;
import static dev.portcullis.host.policy.Fixtures.message;
import static dev.portcullis.host.policy.Fixtures.patient;
import static dev.portcullis.host.policy.Fixtures.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.PolicyMetadata.ExecutionMode;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** waPC policies from Rust, with the guest library of that language, and from AssemblyScript. */
class WapcLanguagesTest {
    private static byte[] pod(boolean privileged, String... allowed) {
        var container = Map.of("name", "main", "securityContext", Map.of("privileged", privileged));
        return json(
                Map.of(
                        "request",
                        Map.of(
                                "name",
                                "p",
                                "object",
                                Map.of("spec", Map.of("containers", List.of(container)))),
                        "settings",
                        Map.of("allowed", allowed)));
    }

    private static boolean accepted(Evaluation evaluation) {
        return evaluation instanceof Evaluation.Answered(var response) && response.accepted();
    }

    @ParameterizedTest
    @CsvSource({
        "forbidden-names, INITIALISED, ''",
        // The guest library keeps its functions in a hash map, whose seed is drawn in wapc_init.
        "privileged-containers, PLAIN, draws random bytes while it initialises",
    })
    void theirLevelAndItsReasonAreKnown(String name, StartLevel.Kind kind, String reason) {
        assertThat(policy(name).startLevel()).isEqualTo(new StartLevel(kind, reason));
        assertThat(policy(name).metadata().executionMode()).isEqualTo(ExecutionMode.WAPC);
    }

    @ParameterizedTest
    @EnumSource
    void aRustPolicyJudgesTheSameOnEveryLevel(StartLevel.Kind level) {
        var policy = policy("privileged-containers", level);
        for (int i = 0; i < 3; i++) {
            assertThat(message(policy.validate(pod(true), patient())))
                    .isEqualTo("Privileged container is not allowed: main");
            assertThat(accepted(policy.validate(pod(true), patient()))).isFalse();
            assertThat(accepted(policy.validate(pod(false), patient()))).isTrue();
            assertThat(accepted(policy.validate(pod(true, "main"), patient()))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRustPolicyJudgesItsSettings(StartLevel.Kind level) {
        var policy = policy("privileged-containers", level);
        assertThat(policy.validateSettings(json(Map.of("allowed", List.of("a"))), patient()))
                .isEqualTo(new SettingsEvaluation.Valid());
        assertThat(policy.validateSettings(json(Map.of("allowed", 7)), patient()))
                .isEqualTo(
                        new SettingsEvaluation.Invalid(
                                "allowed: expected a list of container names"));
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOfARustPolicyIsAGuestError(StartLevel.Kind level) {
        var payload =
                "{\"request\":{},\"settings\":{\"allowed\":7}}".getBytes(StandardCharsets.UTF_8);
        assertThat(policy("privileged-containers", level).validate(payload, patient()))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.GUEST_ERROR,
                                "internal server error: Guest call failure:"
                                        + " allowed: expected a list of container names"));
    }

    @ParameterizedTest
    @EnumSource
    void anAssemblyScriptPolicyJudgesTheSameOnEveryLevel(StartLevel.Kind level) {
        var policy = policy("forbidden-names", level);
        var names = Map.of("names", List.of("root", "ädmin"));
        for (int i = 0; i < 3; i++) {
            assertThat(
                            message(
                                    policy.validate(
                                            json(
                                                    Map.of(
                                                            "request",
                                                            Map.of("name", "ädmin"),
                                                            "settings",
                                                            names)),
                                            patient())))
                    .isEqualTo("The name ädmin is forbidden");
            assertThat(
                            accepted(
                                    policy.validate(
                                            json(
                                                    Map.of(
                                                            "request",
                                                            Map.of("name", "bob"),
                                                            "settings",
                                                            names)),
                                            patient())))
                    .isTrue();
        }
        assertThat(policy.validateSettings(json(names), patient()))
                .isEqualTo(new SettingsEvaluation.Valid());
        assertThat(policy.validateSettings(json(Map.of("names", "root")), patient()))
                .isEqualTo(new SettingsEvaluation.Invalid("names: expected a list"));
    }

    @ParameterizedTest
    @EnumSource
    void anAbortOfAnAssemblyScriptPolicyIsATrap(StartLevel.Kind level) {
        // A string that runs past the end of the payload, where the parser reads beyond its array.
        var payload = "{\"a".getBytes(StandardCharsets.UTF_8);
        assertThat(policy("forbidden-names", level).validate(payload, patient()))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.TRAP,
                                "internal server error: Guest call failure: Trapped on unreachable"
                                        + " instruction"));
        assertThat(
                        policy("forbidden-names", level)
                                .validate("[]".getBytes(StandardCharsets.UTF_8), patient()))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.GUEST_ERROR,
                                "internal server error: Guest call failure: the payload is not an"
                                        + " object"));
    }
}
