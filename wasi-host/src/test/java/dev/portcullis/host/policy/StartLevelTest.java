package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.message;
import static dev.portcullis.host.policy.Fixtures.patient;
import static dev.portcullis.host.policy.Fixtures.payload;
import static dev.portcullis.host.policy.Fixtures.policy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.StartLevel.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** However a guest starts, it gives the same answers, and nothing of a request outlives it. */
class StartLevelTest {
    @ParameterizedTest
    @CsvSource({
        "required-labels, INITIALISED, ''",
        "add-annotations, INITIALISED, ''",
        "team-owner, INITIALISED, ''",
        "misbehaving, INITIALISED, ''",
        "stdin-ignored, PLAIN, ends without reading standard input",
        "clock-at-init, PLAIN, 'reads the wall clock while it initialises, in '",
        "random-at-init, PLAIN, while it initialises",
        "output-before-stdin, PLAIN, before it reads standard input",
        "goroutine-at-init, PLAIN, 'reads the wall clock while it initialises, in '",
    })
    void theLevelOfAPolicyAndItsReasonAreKnown(String name, Kind kind, String reason) {
        assertThat(policy(name).startLevel())
                .satisfies(level -> assertThat(level.reason()).contains(reason))
                .satisfies(level -> assertThat(level.kind()).isEqualTo(kind));
    }

    @Test
    void aLevelCanBeCapped() {
        var level = policy("required-labels", Kind.PLAIN).startLevel();
        assertThat(level.kind()).isEqualTo(Kind.PLAIN);
        assertThat(level.reason()).isEqualTo("no image is allowed by configuration");
    }

    @Test
    void imagesAnswerAsPlainStartsDo() {
        var random = new Random(7);
        for (int i = 0; i < 40; i++) {
            var request = randomRequest(random, "u" + i);
            var settings =
                    Map.of(
                            "required",
                            Map.of("owner", random.nextBoolean() ? "team-[a-z]+" : "x.*"),
                            "denied",
                            random.nextBoolean() ? new String[] {"legacy"} : new String[] {});
            var payload = Fixtures.json(Map.of("request", request, "settings", settings));
            var plain = policy("required-labels", Kind.PLAIN).validate(payload, patient());
            assertThat(policy("required-labels").validate(payload, patient())).isEqualTo(plain);
            assertThat(plain).isInstanceOf(Evaluation.Answered.class);
        }
    }

    @Test
    void aMutatingPolicyGivesTheSameObjectOnBothLevels() {
        var random = new Random(8);
        for (int i = 0; i < 30; i++) {
            var payload =
                    Fixtures.json(
                            Map.of(
                                    "request",
                                    randomRequest(random, "u" + i),
                                    "settings",
                                    Map.of("annotations", Map.of("a" + random.nextInt(3), "b"))));
            var plain = policy("add-annotations", Kind.PLAIN).validate(payload, patient());
            assertThat(policy("add-annotations").validate(payload, patient())).isEqualTo(plain);
            assertThat(plain).isInstanceOf(Evaluation.Answered.class);
        }
    }

    private static Map<String, Object> randomRequest(Random random, String uid) {
        var labels = new HashMap<String, String>();
        if (random.nextBoolean()) {
            labels.put("owner", random.nextBoolean() ? "team-a" : "nobody");
        }
        if (random.nextInt(4) == 0) {
            labels.put("legacy", "yes");
        }
        return Map.of(
                "uid", uid,
                "operation", "CREATE",
                "kind", Map.of("group", "", "version", "v1", "kind", "Pod"),
                "resource", Map.of("group", "", "version", "v1", "resource", "pods"),
                "userInfo", Map.of("username", "alice"),
                "object",
                        Map.of(
                                "apiVersion",
                                "v1",
                                "kind",
                                "Pod",
                                "metadata",
                                Map.of("name", "p" + random.nextInt(99), "labels", labels)));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void nothingOfARequestIsSeenByALaterOne(Kind level) {
        int requests = level == Kind.PLAIN ? 10 : 100;
        for (int i = 0; i < requests; i++) {
            var evaluation =
                    policy("misbehaving", level)
                            .validate(payload("r" + i, Map.of("behaviour", "leak")), patient());
            assertThat(evaluation)
                    .as(message(evaluation))
                    .isInstanceOfSatisfying(
                            Evaluation.Answered.class,
                            answered ->
                                    assertThat(answered.response().accepted())
                                            .as(message(evaluation))
                                            .isTrue());
        }
    }

    @Test
    void requestsAtTheSameTimeAreNotMixedUp() {
        var wrong = new ConcurrentLinkedQueue<String>();
        var policy = policy("misbehaving");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 400)
                    .forEach(i ->
                            executor.execute(() -> {
                                var text =
                                        message(
                                                policy.validate(
                                                        payload(
                                                                "uid-" + i,
                                                                Map.of("behaviour", "stdin")),
                                                        patient()));
                                if (!text.contains("\"uid-" + i + "\"")) {
                                    wrong.add(i + ": " + text);
                                }
                            }));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void randomNumbersOfAnImageAreNewForEachRequest() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 20; i++) {
            seen.add(
                    message(
                            policy("misbehaving")
                                    .validate(
                                            payload("u", Map.of("behaviour", "random")),
                                            patient())));
        }
        assertThat(seen).hasSize(20);
        assertThat(policy("misbehaving").startLevel().kind()).isEqualTo(Kind.INITIALISED);
    }

    @Test
    void aPolicyWithRandomNumbersFromItsStartGetsNewOnesForEachRequest() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 3; i++) {
            seen.add(message(policy("random-at-init").validate(payload("u", Map.of()), patient())));
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void aPolicyThatReadTheClockAtItsStartNeverAnswersWithAnOldOne() throws Exception {
        var ages = new ArrayList<Long>();
        for (int i = 0; i < 3; i++) {
            var text = message(policy("clock-at-init").validate(payload("u", Map.of()), patient()));
            ages.add(new ObjectMapper().readTree(text).path("ageNanos").asLong(Long.MAX_VALUE));
        }
        // A start takes far less than the minute that tells a fresh clock from a kept one.
        assertThat(ages).allMatch(age -> age >= 0 && age < 60_000_000_000L);
        assertThat(policy("clock-at-init").startLevel().kind()).isEqualTo(Kind.PLAIN);
    }

    @Test
    void theClocksOfAResumedGuestAreReal() throws Exception {
        var text =
                message(
                        policy("misbehaving")
                                .validate(payload("u", Map.of("behaviour", "clock")), patient()));
        assertThat(text).contains(java.time.LocalDate.now(java.time.ZoneOffset.UTC).toString());
    }
}
