package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.ValidationResponse;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON that readers understand in different ways, on every endpoint; quotes are apostrophes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MALFORMED = "Failed to parse the request body as JSON: ";

    private final ConcurrentLinkedQueue<String> read = new ConcurrentLinkedQueue<>();
    private final RunningGateway gateway;

    HostileJsonTest() throws Exception {
        var reads =
                FakePolicies.policy(
                        "p",
                        new FakeModule((payload, context) -> {
                            read.add(new String(payload, UTF_8));
                            return FakeModule.accept();
                        }));
        var mutates =
                FakePolicies.policy(
                        "mutates",
                        "allowedToMutate: true",
                        new FakeModule((payload, context) ->
                                new Evaluation.Answered(
                                        new ValidationResponse(
                                                true,
                                                null,
                                                null,
                                                JSON.readTree("{\"n\":9007199254740993}"),
                                                null,
                                                null))));
        gateway = RunningGateway.serving(List.of(reads, mutates));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    /** Nothing hostile keeps the next request from being served. */
    @AfterEach
    void theNextRequestIsServed() throws Exception {
        assertThat(gateway.post("/validate/p", Reviews.create("u")).statusCode()).isEqualTo(200);
        read.clear();
    }

    /** A review for this endpoint with this value as the object, or as a part of the request. */
    private static String body(String path, String value) {
        String json = value.replace('\'', '"');
        return path.startsWith("/validate_raw")
                ? "{\"request\":{\"uid\":\"u\",\"object\":" + json + "}}"
                : Reviews.create("u", "default", json);
    }

    private void refused(String path, String body, String reason) throws Exception {
        var response = gateway.post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body()).contains(MALFORMED).contains(reason);
        assertThat(read).as("no policy has seen it").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/p", "/validate_raw/p", "/audit/p"})
    void nestingOfTenThousandLevelsIsRefused(String path) throws Exception {
        for (String deep :
                List.of(
                        "[".repeat(10_000) + "]".repeat(10_000),
                        "{'a':".repeat(10_000) + "1" + "}".repeat(10_000),
                        "[".repeat(10_000))) {
            refused(path, body(path, deep), "nesting depth");
        }
        String outside = "{\"unknown\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";
        refused(path, outside, "nesting depth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/p", "/validate_raw/p", "/audit/p"})
    void numbersBeyondWhatADoubleCanSayReachThePolicyDigitByDigit(String path) throws Exception {
        for (String number :
                List.of(
                        "9007199254740993",
                        "-9223372036854775809",
                        "18446744073709551616",
                        "0.1000000000000000055511151231257827",
                        "1e400")) {
            assertThat(gateway.post(path, body(path, "{'n':" + number + "}")).statusCode())
                    .isEqualTo(200);
            assertThat(read.remove()).contains("{\"n\":" + number + "}");
        }
        refused(path, body(path, "1".repeat(1_001)), "Number value length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/mutates", "/audit/mutates"})
    void neighboursBeyondTwoToTheFiftyThirdAreDifferentNumbers(String path) throws Exception {
        var response = gateway.post(path, body(path, "{'n':9007199254740992}"));
        String patch = JSON.readTree(response.body()).at("/response/patch").asText();
        assertThat(new String(Base64.getDecoder().decode(patch), UTF_8))
                .isEqualTo("[{\"op\":\"replace\",\"path\":\"/n\",\"value\":9007199254740993}]");
        var same = gateway.post(path, body(path, "{'n':9007199254740993}"));
        assertThat(JSON.readTree(same.body()).at("/response").has("patch")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/p", "/validate_raw/p", "/audit/p"})
    void loneSurrogatesAreRefused(String path) throws Exception {
        for (String text :
                List.of(
                        "'\\ud800'",
                        "'\\udc00'",
                        "'\\uDBFF\\u0041'",
                        "'\\udc00\\ud800'",
                        "{'\\ud800':1}",
                        "[{'a':['x\\udfffy']}]")) {
            refused(path, body(path, text), "lone surrogate in an escape at byte ");
        }
        refused(path, "{\"\\ud800\":1,\"request\":{}}", "lone surrogate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/p", "/validate_raw/p", "/audit/p"})
    void pairsOfSurrogatesAreFine(String path) throws Exception {
        assertThat(gateway.post(path, body(path, "'\\ud83d\\ude00 \\\\ud800'")).statusCode())
                .isEqualTo(200);
        assertThat(read.remove()).contains("\"\\ud83d\\ude00 \\\\ud800\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/p", "/validate_raw/p", "/audit/p"})
    void duplicateKeysAreRefusedWhereverTheyAre(String path) throws Exception {
        for (String value :
                List.of(
                        "{'a':1,'a':1}",
                        "{'a':1,'\\u0061':2}",
                        "[[{'x':{'privileged':false,'privileged':true}}]]",
                        "{'':1,'':2}")) {
            refused(path, body(path, value), "Duplicate field");
        }
        String review = body(path, "{}");
        refused(path, review.strip().replaceFirst("}$", ",\"request\":{}}"), "Duplicate field");
        refused(path, "{\"x\":{\"y\":1,\"y\":2}," + review.strip().substring(1), "Duplicate field");
        refused(
                path,
                review.replaceFirst("\"uid\"", "\"uid\":\"other\",\"uid\""),
                "Duplicate field");
    }

    @Test
    void theSameHoldsForGroups() throws Exception {
        var group =
                FakePolicies.group(
                        "g",
                        "expression: 'a()', message: no",
                        java.util.Map.of(
                                "a",
                                new FakePolicies.Member(
                                        FakeModule.answering(FakeModule.accept()))));
        try (var groups = RunningGateway.serving(List.of(group))) {
            for (String path : List.of("/validate/g", "/validate_raw/g", "/audit/g")) {
                assertThat(groups.post(path, body(path, "{'a':1,'a':2}")).statusCode())
                        .isEqualTo(400);
                assertThat(groups.post(path, body(path, "{'a':9007199254740993}")).statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
