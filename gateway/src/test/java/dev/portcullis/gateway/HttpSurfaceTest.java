package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.policy.Policy;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The paths, errors and forms of policy-server §10, and §11 up to the evaluation. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpSurfaceTest {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String TOO_LARGE =
            "Failed to buffer the request body: length limit exceeded";
    private static final String WRONG_TYPE =
            "Expected request with `Content-Type: application/json`";

    private RunningGateway gateway;

    HttpSurfaceTest() throws Exception {
        gateway =
                RunningGateway.serving(
                        List.of(
                                FakePolicies.policy(
                                        "yes", FakeModule.answering(FakeModule.accept())),
                                FakePolicies.policy(
                                        "no", FakeModule.answering(FakeModule.reject("no!"))),
                                FakePolicies.policy(
                                        "watched",
                                        "policyMode: monitor",
                                        FakeModule.answering(FakeModule.reject("no!"))),
                                FakePolicies.policy(
                                        "throws",
                                        new FakeModule((payload, context) -> {
                                            throw new IllegalStateException("bug");
                                        })),
                                FakePolicies.policy(
                                        "dies",
                                        new FakeModule((payload, context) -> {
                                            throw new StackOverflowError();
                                        })),
                                new Policy.Broken(
                                        "broken", "file:///b", "bootstrap failure: broken", false),
                                new Policy.Broken(
                                        "refused",
                                        "file:///r",
                                        "Policy settings are invalid: x",
                                        true)),
                        "--body-limit",
                        "64KiB",
                        "--always-accept-admission-reviews-on-namespace",
                        "free");
    }

    @BeforeAll
    void isReady() throws Exception {
        assertThat(gateway.readiness().statusCode()).isEqualTo(200);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static String error(String text, int status) {
        return "{\"message\":\"" + text + "\",\"status\":" + status + "}";
    }

    private static void assertBodyError(
            HttpResponse<String> response, String path, int status, String text) {
        boolean json = path.startsWith("/validate/");
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue(json ? JSON : TEXT);
        if (json) {
            assertThat(response.body())
                    .startsWith("{\"message\":\"" + text)
                    .endsWith("\",\"status\":" + status + "}");
        } else {
            assertThat(response.body()).startsWith(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/no", "/audit/no", "/validate_raw/no"})
    void bodyErrorsAreJsonOrTextAsTheReferenceHasThem(String path) throws Exception {
        assertBodyError(gateway.post(path, "{}", null), path, 415, WRONG_TYPE);
        assertBodyError(gateway.post(path, "{}", "text/plain"), path, 415, WRONG_TYPE);
        assertBodyError(gateway.post(path, "{}", "application/jsonx"), path, 415, WRONG_TYPE);
        assertBodyError(gateway.post(path, "{}", "application/+json"), path, 415, WRONG_TYPE);
        for (String body : List.of("", "nope", "{\"request\":")) {
            assertBodyError(
                    gateway.post(path, body),
                    path,
                    400,
                    "Failed to parse the request body as JSON: ");
        }
        for (String body : List.of("{}", "[]", "7")) {
            assertBodyError(
                    gateway.post(path, body),
                    path,
                    422,
                    "Failed to deserialize the JSON body into the target type: ");
        }
        assertBodyError(gateway.post(path, " ".repeat(65_537)), path, 413, TOO_LARGE);
    }

    @Test
    void theErrorBodyIsAMessageAndAStatus() throws Exception {
        assertThat(gateway.post("/validate/no", " ".repeat(70_000)).body())
                .isEqualTo(error(TOO_LARGE, 413));
    }

    @Test
    void aBodyAtTheLimitIsRead() throws Exception {
        String review = Reviews.create("u");
        String padded = review + " ".repeat(65_536 - review.length());
        assertThat(gateway.post("/validate/yes", padded).statusCode()).isEqualTo(200);
    }

    @Test
    void aChunkedBodyBeyondTheLimitIsRefusedToo() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(gateway.uri("/validate/no"))
                        .header("content-type", JSON)
                        .POST(
                                HttpRequest.BodyPublishers.ofInputStream(
                                        () -> new java.io.ByteArrayInputStream(new byte[70_000])))
                        .build();
        assertThat(gateway.send(request).statusCode()).isEqualTo(413);
    }

    @Test
    void theServerGoesOnAfterABodyThatIsTooLarge() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    "POST /validate/no HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 413 ").contains("connection: close");
        }
        assertThat(gateway.post("/validate/yes", Reviews.create("u")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON; charset=utf-8",
                "application/admission+json",
                "application/json ;x=y"
            })
    void everyJsonTypeIsTaken(String type) throws Exception {
        assertThat(gateway.post("/validate/yes", Reviews.create("u"), type).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/validate/none", "/audit/none", "/validate_raw/none"})
    void anUnknownPolicyIsNamedAsJsonEverywhere(String path) throws Exception {
        String body = path.startsWith("/validate_raw") ? "{\"request\":1}" : Reviews.create("u");
        HttpResponse<String> response = gateway.post(path, body);
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type")).hasValue(JSON);
        assertThat(response.body()).isEqualTo(error("unknown policy: none", 404));
    }

    @ParameterizedTest
    @CsvSource({
        "group%2Fmember, 404, unknown policy: group/member",
        "a%2Fb%2Fc, 500, Something went wrong",
        "%C3%A9, 404, unknown policy: é",
        "a+b, 404, unknown policy: a+b",
        "%22, 404, 'unknown policy: \\\"'",
    })
    void theNameIsOnePercentDecodedSegment(String name, int status, String text) throws Exception {
        HttpResponse<String> response = gateway.post("/validate/" + name, Reviews.create("u"));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEqualTo(error(text, status));
    }

    @Test
    void theBodyIsReadBeforeThePolicyIsLookedUp() throws Exception {
        assertThat(gateway.post("/validate/none", "{}").statusCode()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /, 404",
        "GET, /nothing, 404",
        "POST, /validate, 404",
        "POST, /validate/, 404",
        "POST, /validate/no/, 404",
        "POST, /validate/no/more, 404",
        "GET, /readiness, 404",
        "GET, /debug/pprof/cpu, 404",
        "GET, /validate/no, 405",
        "PUT, /audit/no, 405",
        "DELETE, /validate_raw/no, 405",
    })
    void everyOtherPathOrMethodIsAnEmptyError(String method, String path, int status)
            throws Exception {
        HttpResponse<String> response =
                gateway.send(
                        HttpRequest.newBuilder(gateway.uri(path))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("allow"))
                .isEqualTo(status == 405 ? Optional.of("POST") : Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/validate/throws", "/audit/throws", "/validate/dies"})
    void whatIsThrownInAnEvaluationIsAnErrorAndNoMore(String path) throws Exception {
        HttpResponse<String> response = gateway.post(path, Reviews.create("u"));
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.headers().firstValue("content-type")).hasValue(JSON);
        assertThat(response.body()).isEqualTo(error("Something went wrong", 500));
    }

    @ParameterizedTest
    @CsvSource({
        "/validate/broken, bootstrap failure: broken",
        "/audit/broken, bootstrap failure: broken",
        "/validate/refused, Policy settings are invalid: x",
    })
    void aBrokenPolicyRejects(String path, String message) throws Exception {
        HttpResponse<String> response = gateway.post(path, Reviews.create("u"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body())
                .contains(
                        "\"uid\":\"u\",\"allowed\":false,\"status\":{\"message\":\""
                                + message
                                + "\",\"code\":500}");
    }

    @Test
    void aBrokenPolicyRejectsRawRequestsToo() throws Exception {
        assertThat(gateway.post("/validate_raw/broken", "{\"request\":{\"uid\":\"r\"}}").body())
                .isEqualTo(
                        "{\"response\":{\"uid\":\"r\",\"allowed\":false,\"status\":"
                                + "{\"message\":\"bootstrap failure: broken\",\"code\":500},"
                                + "\"auditAnnotations\":null,\"warnings\":null}}");
    }

    @ParameterizedTest
    @CsvSource({
        "/validate/no, 200",
        "/audit/no, 200",
        "/validate/throws, 200",
        "/validate/refused, 200",
        "/validate/broken, 404",
        "/validate/none, 404",
    })
    void theAlwaysAcceptedNamespaceNeedsOnlyAKnownPolicy(String path, int status) throws Exception {
        HttpResponse<String> response = gateway.post(path, Reviews.create("u", "free", "{}"));
        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 200) {
            assertThat(response.body())
                    .isEqualTo(
                            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
                                    + "\"response\":{\"uid\":\"u\",\"allowed\":true,"
                                    + "\"auditAnnotations\":null,\"warnings\":null}}");
        }
    }

    @Test
    void rawRequestsAreNeverAlwaysAccepted() throws Exception {
        assertThat(
                        gateway.post("/validate_raw/no", "{\"request\":{\"namespace\":\"free\"}}")
                                .body())
                .contains("\"allowed\":false");
    }

    @Test
    void monitorModeAdmitsAndAuditStillHears() throws Exception {
        assertThat(gateway.post("/validate/watched", Reviews.create("u")).body())
                .contains("\"allowed\":true,\"auditAnnotations\"");
        assertThat(gateway.post("/audit/watched", Reviews.create("u")).body())
                .contains("\"allowed\":false,\"status\":{\"message\":\"no!\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "10", "-1s", "10s%3B", "1d", "s"})
    void aTimeoutThatIsNoDurationIsRefused(String timeout) throws Exception {
        HttpResponse<String> response =
                gateway.post("/validate/yes?timeout=" + timeout, Reviews.create("u"));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .isEqualTo(error("the timeout must be a duration such as 10s", 400));
    }

    @Test
    void theTimeoutOfTheApiServerIsTaken() throws Exception {
        assertThat(gateway.post("/validate/yes?timeout=10s", Reviews.create("u")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void http2IsSpokenToThoseWhoKnow() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpRequest upgrade = HttpRequest.newBuilder(gateway.uri("/nothing")).build();
            assertThat(client.send(upgrade, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(404);
            assertThat(statusOverHttp2(client, Reviews.create("u"))).isEqualTo(200);
            assertThat(statusOverHttp2(client, " ".repeat(70_000))).isEqualTo(413);
            assertThat(statusOverHttp2(client, Reviews.create("u"))).isEqualTo(200);
        }
    }

    private int statusOverHttp2(HttpClient client, String body) throws Exception {
        HttpResponse<String> response =
                client.send(
                        HttpRequest.newBuilder(gateway.uri("/validate/yes"))
                                .header("content-type", JSON)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        return response.statusCode();
    }

    @ParameterizedTest
    @CsvSource({"GET, 200", "HEAD, 200", "POST, 405"})
    void readinessHasOnePathAndNoBody(String method, int status) throws Exception {
        HttpResponse<String> response =
                gateway.send(
                        HttpRequest.newBuilder(
                                        java.net.URI.create(
                                                "http://127.0.0.1:"
                                                        + gateway.gateway().readinessPort()
                                                        + "/readiness"))
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void aClientThatLeavesHarmsNobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
                socket.setSoLinger(true, 0);
                byte[] body = Reviews.create("u").getBytes(StandardCharsets.UTF_8);
                String head =
                        "POST /validate/yes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                                .formatted(body.length);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body, 0, i % 2 == 0 ? body.length : 10);
                socket.getOutputStream().flush();
            }
        }
        assertThat(gateway.post("/validate/yes", Reviews.create("u")).statusCode()).isEqualTo(200);
    }
}
