package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.context;
import static dev.portcullis.host.policy.Fixtures.json;
import static dev.portcullis.host.policy.Fixtures.patient;
import static dev.portcullis.host.policy.Fixtures.payload;
import static dev.portcullis.host.policy.Fixtures.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A guest may do what it likes: it gets a rejection that says what it did, and the next request is
 * served.
 */
class MisbehavingPolicyTest {
    private static final String DEADLINE =
            "Policy execution interrupted because it exceeded the allowed execution time";
    private static final String UNREADABLE =
            "internal server error: Cannot deserialize policy validation response: ";

    @AfterEach
    void theNextRequestIsServedNormally() {
        assertThat(
                        policy("misbehaving")
                                .validate(
                                        payload("next", Map.of("behaviour", "accept")), patient()))
                .isInstanceOfSatisfying(
                        Evaluation.Answered.class,
                        answered -> assertThat(answered.response().accepted()).isTrue());
    }

    private static Evaluation ask(Map<String, ?> settings) {
        return policy("misbehaving").validate(payload("u", settings), patient());
    }

    private static void assertFailed(
            Evaluation evaluation, FailureReason reason, String messageStart) {
        assertThat(evaluation)
                .isInstanceOfSatisfying(
                        Evaluation.Failed.class,
                        failed -> {
                            assertThat(failed.message()).startsWith(messageStart);
                            assertThat(failed.reason()).isEqualTo(reason);
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "silent, the policy wrote no output",
        "garbage, Unrecognized token 'This'",
        "two-json, Trailing token",
        "no-accepted, missing field `accepted`",
        "accepted-no-bool, accepted: expected true or false",
        "bad-code, code: expected a number from 0 to 65535",
        "not-utf8, the output is not valid UTF-8",
    })
    void anAnswerThatCannotBeReadIsRefusedAndSaysWhy(String behaviour, String detail) {
        var evaluation = ask(Map.of("behaviour", behaviour));
        assertFailed(evaluation, FailureReason.ANSWER, UNREADABLE + detail);
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void anEndlessLoopIsEndedAtTheDeadline(StartLevel.Kind level) {
        var evaluation =
                policy("misbehaving", level)
                        .validate(
                                payload("u", Map.of("behaviour", "loop")),
                                context(
                                        Duration.ofSeconds(2),
                                        HostCalls.NONE,
                                        GuestLimits.DEFAULT));
        assertFailed(evaluation, FailureReason.DEADLINE, DEADLINE);
    }

    @Test
    void aLongSleepIsEndedAtTheDeadline() {
        var evaluation =
                policy("misbehaving")
                        .validate(
                                payload("u", Map.of("behaviour", "sleep", "milliseconds", 600_000)),
                                context(
                                        Duration.ofSeconds(2),
                                        HostCalls.NONE,
                                        GuestLimits.DEFAULT));
        assertFailed(evaluation, FailureReason.DEADLINE, DEADLINE);
    }

    @Test
    void aShortSleepIsSleptInFull() {
        long before = System.nanoTime();
        assertThat(Fixtures.message(ask(Map.of("behaviour", "sleep", "milliseconds", 50))))
                .isEqualTo("slept 50 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isGreaterThanOrEqualTo(Duration.ofMillis(50));
    }

    @Test
    void aHostCallThatNeverEndsIsEndedAtTheDeadline() {
        var never = new CountDownLatch(1);
        HostCalls stuck =
                (call, deadline) -> {
                    never.await();
                    return new HostAnswer.Failure("unreachable");
                };
        var evaluation =
                policy("misbehaving")
                        .validate(
                                payload("u", Map.of("behaviour", "host-calls")),
                                context(Duration.ofSeconds(2), stuck, GuestLimits.DEFAULT));
        assertFailed(evaluation, FailureReason.DEADLINE, DEADLINE);
    }

    @Test
    void anExitCodeCountsMoreThanAnAcceptingAnswer() {
        assertFailed(
                ask(Map.of("behaviour", "exit", "exitCode", 3, "text", "out of paper")),
                FailureReason.EXIT,
                "policy exited with code 3: out of paper");
    }

    @Test
    void aPanicIsAnExitWithItsText() {
        assertFailed(
                ask(Map.of("behaviour", "panic", "text", "no way")),
                FailureReason.EXIT,
                "policy exited with code 2: panic: no way");
    }

    @Test
    void aDeadlockIsAnExitWithItsText() {
        assertFailed(
                ask(Map.of("behaviour", "deadlock")),
                FailureReason.EXIT,
                "policy exited with code 2: fatal error: all goroutines are asleep");
    }

    @Test
    void endlessRecursionIsATrapOrTheGuestsOwnStackOverflow() {
        assertThat(ask(Map.of("behaviour", "recursion")))
                .isInstanceOfSatisfying(
                        Evaluation.Failed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .isIn(FailureReason.TRAP, FailureReason.EXIT));
    }

    @Test
    void tooMuchOutputIsRefused() {
        assertFailed(
                ask(Map.of("behaviour", "output", "bytes", 100_000_000)),
                FailureReason.OUTPUT,
                "policy wrote more than its limit of 16777216 bytes of output");
    }

    @Test
    void tooMuchStandardErrorIsRefused() {
        assertFailed(
                ask(Map.of("behaviour", "stderr", "bytes", 100_000_000)),
                FailureReason.OUTPUT,
                "policy wrote more than its limit of 16777216 bytes of output");
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void memoryIsRefusedAtItsLimit(StartLevel.Kind level) {
        var limits = new GuestLimits(64 << 20, 1 << 20, 10);
        var evaluation =
                policy("misbehaving", level)
                        .validate(
                                payload("u", Map.of("behaviour", "memory")),
                                context(Duration.ofSeconds(60), HostCalls.NONE, limits));
        assertFailed(
                evaluation,
                FailureReason.MEMORY,
                "policy exceeded its memory limit of 67108864 bytes");
    }

    @ParameterizedTest
    @EnumSource(StartLevel.Kind.class)
    void aLimitBelowWhatThePolicyStartsWithRefusesItsEveryRequest(StartLevel.Kind level) {
        var limits = new GuestLimits(1 << 20, 1 << 20, 10);
        assertFailed(
                policy("misbehaving", level)
                        .validate(
                                payload("u", Map.of("behaviour", "accept")),
                                context(Duration.ofSeconds(60), HostCalls.NONE, limits)),
                FailureReason.MEMORY,
                "policy exceeded its memory limit of 1048576 bytes");
    }

    @Test
    void tooManyHostCallsAreRefused() {
        HostCalls willing = (call, deadline) -> new HostAnswer.Success(new byte[0]);
        var limits = new GuestLimits(512 << 20, 1 << 20, 10);
        var settings = Map.of("behaviour", "host-calls", "times", 11);
        assertFailed(
                policy("misbehaving")
                        .validate(
                                payload("u", settings),
                                context(Duration.ofSeconds(60), willing, limits)),
                FailureReason.HOST_CALLS,
                "policy made more than its limit of 10 host calls");
    }

    @Test
    void aHostCallsAnswerArrivesOnStandardInput() {
        HostCalls willing =
                (call, deadline) ->
                        new HostAnswer.Success(
                                (call.binding() + " " + call.path() + " " + call.payload().length)
                                        .getBytes(StandardCharsets.UTF_8));
        assertThat(
                        Fixtures.message(
                                policy("misbehaving")
                                        .validate(
                                                payload(
                                                        "u",
                                                        Map.of(
                                                                "behaviour",
                                                                "host-calls",
                                                                "times",
                                                                3)),
                                                context(
                                                        Duration.ofSeconds(60),
                                                        willing,
                                                        GuestLimits.DEFAULT))))
                .contains("3 calls answered, the last with \"kubewarden tracing/log ");
    }

    @Test
    void aHostCallsErrorCanBeHandledByTheGuest() {
        assertThat(Fixtures.message(ask(Map.of("behaviour", "host-calls"))))
                .contains("call 1 of 1 failed")
                .contains("has not been granted access to the 'tracing/log' host capability");
    }

    @Test
    void wildPointersInAHostCallAreATrap() {
        assertFailed(
                ask(Map.of("behaviour", "host-call-wild")),
                FailureReason.TRAP,
                "policy trapped: out of bounds memory access");
    }

    @Test
    void anOperationThatIsNoTextIsATrap() {
        assertFailed(
                ask(Map.of("behaviour", "host-call-not-utf8")),
                FailureReason.TRAP,
                "policy trapped: host.call: operation is not UTF-8");
    }

    @Test
    void goroutinesLeftRunningDoNotOutliveTheirRequest() {
        for (int i = 0; i < 20; i++) {
            assertThat(Fixtures.message(ask(Map.of("behaviour", "goroutines"))))
                    .isEqualTo("goroutines left running");
        }
    }

    @Test
    void theGuestSeesItsArgumentsAndNothingElseOfTheHost() {
        assertThat(Fixtures.message(ask(Map.of("behaviour", "environment"))))
                .contains("\"arguments\":[\"policy.wasm\",\"validate\"]")
                .contains("\"environment\":[]")
                .doesNotContain("visible");
    }

    @Test
    void settingsThatTheGuestRefusesComeWithItsMessage() {
        assertThat(settings(Map.of("behaviour", "settings-invalid")))
                .isEqualTo(new SettingsEvaluation.Invalid("these settings are never right"));
        assertThat(settings(Map.of("behaviour", "settings-invalid-without-message")))
                .isEqualTo(new SettingsEvaluation.Invalid(null));
    }

    @ParameterizedTest
    @CsvSource({
        "settings-garbage, ANSWER, Cannot deserialize settings validation response: Unrecognized",
        "settings-silent, ANSWER, Cannot deserialize settings validation response: the policy wrote",
        "settings-no-valid, ANSWER, Cannot deserialize settings validation response: missing field",
        "settings-panic, EXIT, policy exited with code 2: panic:",
    })
    void aSettingsCheckThatFailsIsNoConsent(
            String behaviour, FailureReason reason, String message) {
        assertThat(settings(Map.of("behaviour", behaviour)))
                .isInstanceOfSatisfying(
                        SettingsEvaluation.Failed.class,
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(reason);
                            assertThat(failed.message()).startsWith(message);
                        });
    }

    private static SettingsEvaluation settings(Map<String, ?> settings) {
        return policy("misbehaving").validateSettings(json(settings), patient());
    }
}
