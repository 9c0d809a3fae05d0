package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.context;
import static dev.portcullis.host.policy.Fixtures.json;
import static dev.portcullis.host.policy.Fixtures.message;
import static dev.portcullis.host.policy.Fixtures.patient;
import static dev.portcullis.host.policy.Fixtures.payload;
import static dev.portcullis.host.policy.Fixtures.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A waPC guest may do what it likes: it gets a rejection that says what it did, in the words of
 * guest-abi §3.3 and §11, and the next request is served.
 */
class MisbehavingReactorTest {
    private static final String DEADLINE =
            "Policy execution interrupted because it exceeded the allowed execution time";
    private static final String CALL = "internal server error: Guest call failure: ";
    private static final String ANSWER = "internal server error: invalid response from policy: ";
    private static final String SETTINGS = "Error invoking settings validation callback: ";

    @AfterEach
    void theNextRequestIsServedNormally() {
        assertThat(ask(Map.of("behaviour", "accept")))
                .isInstanceOfSatisfying(
                        Evaluation.Answered.class,
                        answered -> assertThat(answered.response().accepted()).isTrue());
    }

    private static Evaluation ask(Map<String, ?> settings) {
        return policy("misbehaving-reactor").validate(payload("u", settings), patient());
    }

    private static Evaluation ask(Map<String, ?> settings, HostCalls hostCalls) {
        return policy("misbehaving-reactor")
                .validate(
                        payload("u", settings),
                        context(Duration.ofSeconds(60), hostCalls, GuestLimits.DEFAULT));
    }

    private static Evaluation askFor(Duration time, Map<String, ?> settings, HostCalls hostCalls) {
        return policy("misbehaving-reactor")
                .validate(payload("u", settings), context(time, hostCalls, GuestLimits.DEFAULT));
    }

    private static SettingsEvaluation judge(Map<String, ?> settings) {
        return policy("misbehaving-reactor").validateSettings(json(settings), patient());
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

    @Test
    void aReactorOfStandardGoStartsFromAnImage() {
        assertThat(policy("misbehaving-reactor").startLevel())
                .isEqualTo(new StartLevel(StartLevel.Kind.INITIALISED, ""));
    }

    @ParameterizedTest
    @EnumSource
    void theGuestIsGivenItsPayloadAsItIs(StartLevel.Kind level) {
        var payload = payload("héllo", Map.of("behaviour", "payload"));
        assertThat(message(policy("misbehaving-reactor", level).validate(payload, patient())))
                .isEqualTo(new String(payload, StandardCharsets.UTF_8));
    }

    @Test
    void aMutatedObjectIsHandedOn() {
        var settings = Map.of("behaviour", "mutate", "mutatedObject", Map.of("kind", "Pod"));
        assertThat(ask(settings))
                .isInstanceOfSatisfying(
                        Evaluation.Answered.class,
                        answered ->
                                assertThat(answered.response().mutatedObject())
                                        .hasToString("{\"kind\":\"Pod\"}"));
    }

    @Test
    void argumentsAndEnvironmentAreEmpty() {
        assertThat(message(ask(Map.of("behaviour", "environment")))).isEqualTo("[] []");
    }

    @ParameterizedTest
    @CsvSource({
        "This is no JSON., Unrecognized token 'This'",
        "'{\"accepted\":true}{\"accepted\":true}', Trailing token",
        "'{\"message\":\"\"}', missing field `accepted`",
        "'{\"accepted\":1}', accepted: expected true or false",
        "'{\"accepted\":false,\"code\":70000}', code: expected a number from 0 to 65535",
        "'{\"accepted\":true,\"accepted\":false}', Duplicate field 'accepted'",
        "'', the policy wrote no output",
    })
    void aResponseThatCannotBeReadIsRefusedAndSaysWhy(String text, String detail) {
        assertFailed(
                ask(Map.of("behaviour", "answer", "text", text)),
                FailureReason.ANSWER,
                ANSWER + detail);
    }

    @Test
    void aResponseThatIsNoTextIsRefused() {
        assertFailed(
                ask(Map.of("behaviour", "not-utf8")),
                FailureReason.ANSWER,
                ANSWER + "the output is not valid UTF-8");
    }

    @ParameterizedTest
    @CsvSource({
        "error, GUEST_ERROR, I will not",
        "error-but-success, GUEST_ERROR, I will not",
        "both-failure, GUEST_ERROR, I will not",
        "silent, ANSWER, No error message OR response set for call success",
        "silent-failure, GUEST_ERROR, No error message set for call failure",
        "response-failure, GUEST_ERROR, No error message set for call failure",
        "respond-twice, ANSWER, the policy set its response 2 times in one call",
    })
    void aCallThatFailsIsToldInTheGuestsWords(String behaviour, FailureReason reason, String text) {
        assertThat(ask(Map.of("behaviour", behaviour, "text", "I will not")))
                .isEqualTo(new Evaluation.Failed(reason, CALL + text));
    }

    @Test
    void aResponseOfASuccessfulCallCountsMoreThanAnError() {
        assertThat(ask(Map.of("behaviour", "both", "text", "never mind")))
                .isInstanceOfSatisfying(
                        Evaluation.Answered.class,
                        answered -> assertThat(answered.response().accepted()).isTrue());
    }

    @Test
    void anErrorThatIsNoTextIsATrap() {
        assertFailed(
                ask(Map.of("behaviour", "error-not-utf8")),
                FailureReason.TRAP,
                CALL + "__guest_error: text is not UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"response-wild", "request-wild", "host-call-wild"})
    void pointersOutsideOfTheMemoryAreATrap(String behaviour) {
        assertFailed(
                ask(Map.of("behaviour", behaviour)),
                FailureReason.TRAP,
                CALL + "out of bounds memory access");
    }

    @Test
    void anOperationThatIsNoTextIsATrap() {
        assertFailed(
                ask(Map.of("behaviour", "host-call-not-utf8")),
                FailureReason.TRAP,
                CALL + "__host_call: operation is not UTF-8");
    }

    @Test
    void aConsoleLineThatIsNoTextIsATrap() {
        assertFailed(
                ask(Map.of("behaviour", "console-not-utf8")),
                FailureReason.TRAP,
                CALL + "__console_log: text is not UTF-8");
    }

    @Test
    void aPanicIsATrapThoughAnAcceptingResponseWasSetAndItsTextIsLogged() {
        try (var log = new LogLines("dev.portcullis.host.wapc")) {
            assertFailed(
                    ask(Map.of("behaviour", "panic", "text", "no way")),
                    FailureReason.TRAP,
                    CALL + "Trapped on unreachable instruction");
            assertThat(log.lines()).singleElement().asString().contains("panic: no way");
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "3"})
    void anExitInACallIsAFailureWhateverItsCode(int exitCode) {
        assertFailed(
                ask(Map.of("behaviour", "exit", "exitCode", exitCode, "text", "good bye")),
                FailureReason.EXIT,
                CALL + "policy exited with code " + exitCode + ": good bye");
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

    @ParameterizedTest
    @EnumSource
    void anEndlessLoopIsEndedAtTheDeadline(StartLevel.Kind level) {
        var evaluation =
                policy("misbehaving-reactor", level)
                        .validate(
                                payload("u", Map.of("behaviour", "loop")),
                                context(
                                        Duration.ofSeconds(2),
                                        HostCalls.NONE,
                                        GuestLimits.DEFAULT));
        assertThat(evaluation).isEqualTo(new Evaluation.Failed(FailureReason.DEADLINE, DEADLINE));
    }

    @Test
    void aLongSleepIsEndedAtTheDeadline() {
        assertThat(
                        askFor(
                                Duration.ofSeconds(2),
                                Map.of("behaviour", "sleep", "milliseconds", 600_000),
                                HostCalls.NONE))
                .isEqualTo(new Evaluation.Failed(FailureReason.DEADLINE, DEADLINE));
    }

    @Test
    void aHostCallThatNeverEndsIsEndedAtTheDeadline() {
        var never = new CountDownLatch(1);
        HostCalls stuck =
                (call, deadline) -> {
                    never.await();
                    return new HostAnswer.Failure("unreachable");
                };
        assertThat(askFor(Duration.ofSeconds(2), Map.of("behaviour", "host-calls"), stuck))
                .isEqualTo(new Evaluation.Failed(FailureReason.DEADLINE, DEADLINE));
    }

    @ParameterizedTest
    @EnumSource
    void memoryIsRefusedAtItsLimit(StartLevel.Kind level) {
        var limits = new GuestLimits(64 << 20, 1 << 20, 10);
        assertThat(
                        policy("misbehaving-reactor", level)
                                .validate(
                                        payload("u", Map.of("behaviour", "memory")),
                                        context(Duration.ofSeconds(60), HostCalls.NONE, limits)))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.MEMORY,
                                "policy exceeded its memory limit of 67108864 bytes"));
    }

    @ParameterizedTest
    @EnumSource
    void aLimitBelowWhatThePolicyStartsWithRefusesItsEveryRequest(StartLevel.Kind level) {
        var limits = new GuestLimits(1 << 20, 1 << 20, 10);
        assertThat(
                        policy("misbehaving-reactor", level)
                                .validate(
                                        payload("u", Map.of("behaviour", "accept")),
                                        context(Duration.ofSeconds(60), HostCalls.NONE, limits)))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.MEMORY,
                                "policy exceeded its memory limit of 1048576 bytes"));
    }

    @ParameterizedTest
    @CsvSource({"output, 1000001, 1", "console, 0, 10000", "streams, 0, 1"})
    void tooMuchOutputIsRefusedWhereverItGoes(String behaviour, int bytes, int times) {
        var limits = new GuestLimits(512 << 20, 1_000_000, 10);
        var settings =
                Map.of(
                        "behaviour", behaviour,
                        "bytes", bytes,
                        "times", times,
                        "text", behaviour.equals("streams") ? "x".repeat(600_000) : "0123456789");
        assertThat(
                        policy("misbehaving-reactor")
                                .validate(
                                        payload("u", settings),
                                        context(Duration.ofSeconds(60), HostCalls.NONE, limits)))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.OUTPUT,
                                "policy wrote more than its limit of 1000000 bytes of output"));
    }

    @Test
    void tooManyHostCallsAreRefused() {
        HostCalls willing = (call, deadline) -> new HostAnswer.Success(new byte[0]);
        var limits = new GuestLimits(512 << 20, 1 << 20, 10);
        assertThat(
                        policy("misbehaving-reactor")
                                .validate(
                                        payload(
                                                "u",
                                                Map.of("behaviour", "host-calls", "times", 11)),
                                        context(Duration.ofSeconds(60), willing, limits)))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.HOST_CALLS,
                                "policy made more than its limit of 10 host calls"));
    }

    @Test
    void aHostCallIsHandedOnAndAnswered() {
        HostCalls willing =
                (call, deadline) ->
                        new HostAnswer.Success(
                                (call.binding() + " " + call.path() + " " + call.payload().length)
                                        .getBytes(StandardCharsets.UTF_8));
        assertThat(message(ask(Map.of("behaviour", "host-calls", "times", 3), willing)))
                .isEqualTo("3 calls answered, the last with \"kubewarden tracing/log 34\"");
    }

    @Test
    void aHostCallsErrorCanBeHandledByTheGuest() {
        assertThat(message(ask(Map.of("behaviour", "host-calls"))))
                .isEqualTo(
                        "call 1 of 1 failed: Policy has not been granted access to the"
                                + " 'tracing/log' host capability. The violation has been"
                                + " reported.");
    }

    @Test
    void aGuestMayAskAgainAfterAnError() {
        var asked = new AtomicInteger();
        HostCalls reluctant =
                (call, deadline) ->
                        asked.incrementAndGet() < 3
                                ? new HostAnswer.Failure("not yet")
                                : new HostAnswer.Success("now".getBytes(StandardCharsets.UTF_8));
        assertThat(message(ask(Map.of("behaviour", "host-call-again"), reluctant)))
                .isEqualTo("\"now\" after [\"not yet\" \"not yet\"]");
    }

    @Test
    void aHostCallClearsWhatTheOneBeforeItLeft() {
        var asked = new AtomicInteger();
        HostCalls fickle =
                (call, deadline) ->
                        asked.incrementAndGet() == 1
                                ? new HostAnswer.Success("yes".getBytes(StandardCharsets.UTF_8))
                                : new HostAnswer.Failure("no");
        assertThat(message(ask(Map.of("behaviour", "host-error-not-left"), fickle)))
                .isEqualTo("before: \"\" \"\", then: \"yes\" \"\", then: \"\" \"no\"");
    }

    @Test
    void aGuestThatWaitsKeepsItsMemoryAndHoldsNoPermit() {
        var free = new Semaphore(1);
        var most = new AtomicInteger();
        var inside = new AtomicInteger();
        HostCalls slow =
                (call, deadline) -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    // Longer than the engine waits until it reduces the guest's memory.
                    Thread.sleep(100);
                    inside.decrementAndGet();
                    return new HostAnswer.Success(call.payload());
                };
        var permits =
                new ComputePermits() {
                    @Override
                    public void acquire() throws InterruptedException {
                        free.acquire();
                    }

                    @Override
                    public void release() {
                        free.release();
                    }
                };
        var wrong = new ConcurrentLinkedQueue<String>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 8)
                    .forEach(i ->
                            executor.execute(() -> {
                                var evaluation =
                                        policy("misbehaving-reactor")
                                                .validate(
                                                        payload(
                                                                "u" + i,
                                                                Map.of(
                                                                        "behaviour",
                                                                        "host-calls",
                                                                        "times",
                                                                        2)),
                                                        new EvaluationContext(
                                                                slow,
                                                                permits,
                                                                GuestLimits.DEFAULT,
                                                                Deadline.in(
                                                                        Duration.ofSeconds(60))));
                                if (!message(evaluation).startsWith("2 calls answered")) {
                                    wrong.add(message(evaluation));
                                }
                            }));
        }
        assertThat(wrong).isEmpty();
        assertThat(most.get()).isGreaterThan(1);
        assertThat(free.availablePermits()).isEqualTo(1);
    }

    @Test
    void theConsoleAndTheStreamsEndInTheLog() {
        try (var log = new LogLines("dev.portcullis.host.wapc")) {
            ask(Map.of("behaviour", "console", "text", "hello", "times", 1));
            ask(Map.of("behaviour", "streams", "text", "hello"));
            var module = policy("misbehaving-reactor").digest();
            assertThat(log.lines())
                    .containsExactly(
                            "INFO Guest module " + module + ": hello",
                            "WARN policy module " + module + " wrote to standard error: err: hello",
                            "INFO policy module "
                                    + module
                                    + " wrote to standard output: out: hello");
        }
    }

    @Test
    void theClocksOfAGuestFromAnImageAreReal() {
        assertThat(message(ask(Map.of("behaviour", "clock"))))
                .startsWith(LocalDate.now(ZoneOffset.UTC).toString());
    }

    @ParameterizedTest
    @CsvSource({"misbehaving-reactor, 20", "random-at-init-reactor, 3"})
    void randomNumbersAreNewForEachRequest(String name, int requests) {
        var seen = new HashSet<String>();
        for (int i = 0; i < requests; i++) {
            seen.add(
                    message(
                            policy(name)
                                    .validate(
                                            payload("u", Map.of("behaviour", "random")),
                                            patient())));
        }
        assertThat(seen).hasSize(requests);
    }

    @Test
    void aReactorWithRandomNumbersFromItsStartHasNoImage() {
        assertThat(policy("random-at-init-reactor").startLevel())
                .satisfies(level -> assertThat(level.reason()).contains("while it initialises, in"))
                .satisfies(level -> assertThat(level.kind()).isEqualTo(StartLevel.Kind.PLAIN));
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfARequestIsSeenByALaterOne(StartLevel.Kind level) {
        int requests = level == StartLevel.Kind.PLAIN ? 5 : 50;
        for (int i = 0; i < requests; i++) {
            assertThat(
                            message(
                                    policy("misbehaving-reactor", level)
                                            .validate(
                                                    payload("r" + i, Map.of("behaviour", "leak")),
                                                    patient())))
                    .isEqualTo("nothing from earlier");
        }
    }

    @Test
    void requestsAtTheSameTimeAreNotMixedUp() {
        var wrong = new ConcurrentLinkedQueue<String>();
        var policy = policy("misbehaving-reactor");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 200)
                    .forEach(i ->
                            executor.execute(() -> {
                                var text =
                                        message(
                                                policy.validate(
                                                        payload(
                                                                "uid-" + i,
                                                                Map.of("behaviour", "payload")),
                                                        patient()));
                                if (!text.contains("\"uid-" + i + "\"")) {
                                    wrong.add(i + ": " + text);
                                }
                            }));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void goodSettingsAreValid() {
        assertThat(judge(Map.of("behaviour", "accept"))).isEqualTo(new SettingsEvaluation.Valid());
    }

    @Test
    void refusedSettingsAreToldInTheGuestsWords() {
        assertThat(judge(Map.of("behaviour", "settings-invalid")))
                .isEqualTo(new SettingsEvaluation.Invalid("these settings are never right"));
        assertThat(judge(Map.of("behaviour", "settings-invalid-without-message")))
                .isEqualTo(new SettingsEvaluation.Invalid(null));
    }

    @Test
    void aFailedSettingsCallIsToldAsTheReferenceTellsIt() {
        assertThat(judge(Map.of("behaviour", "settings-error", "text", "a \"b\"\n\\c")))
                .isEqualTo(
                        new SettingsEvaluation.Failed(
                                FailureReason.GUEST_ERROR,
                                SETTINGS + "GuestCallFailure(\"a \\\"b\\\"\\n\\\\c\")"));
        assertThat(judge(Map.of("behaviour", "settings-silent")))
                .isEqualTo(
                        new SettingsEvaluation.Failed(
                                FailureReason.ANSWER,
                                SETTINGS
                                        + "GuestCallFailure(\"No error message OR response set for"
                                        + " call success\")"));
    }

    @Test
    void anUnreadableAnswerToSettingsIsTold() {
        assertThat(judge(Map.of("behaviour", "settings-garbage")))
                .isInstanceOfSatisfying(
                        SettingsEvaluation.Failed.class,
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FailureReason.ANSWER);
                            assertThat(failed.message())
                                    .startsWith(
                                            "error: InvalidResponseWithError(\"Unrecognized token");
                        });
    }

    @Test
    void settingsThatTakeForeverAreEndedAtTheDeadline() {
        assertThat(
                        policy("misbehaving-reactor")
                                .validateSettings(
                                        json(Map.of("behaviour", "settings-loop")),
                                        context(
                                                Duration.ofSeconds(2),
                                                HostCalls.NONE,
                                                GuestLimits.DEFAULT)))
                .isEqualTo(
                        new SettingsEvaluation.Failed(
                                FailureReason.DEADLINE,
                                SETTINGS
                                        + "GuestCallFailure(\"guest code interrupted, execution"
                                        + " deadline exceeded\")"));
    }
}
