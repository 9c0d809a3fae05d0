package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.ValidationResponse;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many requests at once: every one gets its own answer, and just one. */
class ConcurrencyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Says back which policy it is and what it read. */
    private static FakeModule echo(String policy, boolean accepts) {
        return new FakeModule((payload, context) -> {
            context.permits().acquire();
            try {
                JsonNode request = JSON.readTree(payload).get("request");
                String said =
                        policy
                                + " "
                                + request.get("uid").asText()
                                + " "
                                + request.get("object").get("token").asText();
                return new Evaluation.Answered(
                        new ValidationResponse(accepts, said, null, null, null, null));
            } finally {
                context.permits().release();
            }
        });
    }

    @Test
    void noAnswerIsMixedUp() throws Exception {
        int clients = 16;
        int each = 250;
        var policies =
                List.of(
                        FakePolicies.policy("a", echo("a", true)),
                        FakePolicies.policy("b", echo("b", false)));
        ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
        try (var gateway = RunningGateway.serving(policies, "--workers", "3");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                int number = client;
                running.add(
                        threads.submit(() -> {
                            for (int i = 0; i < each; i++) {
                                String mistake = ask(gateway, number, i);
                                if (mistake != null) {
                                    wrong.add(mistake);
                                }
                            }
                            return null;
                        }));
            }
            for (Future<?> client : running) {
                client.get();
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static @org.jspecify.annotations.Nullable String ask(
            RunningGateway gateway, int client, int i) throws Exception {
        String policy = i % 2 == 0 ? "a" : "b";
        String uid = "u" + client + "-" + i;
        String token = "t".repeat(1 + (client * 31 + i) % 3_000) + client + "-" + i;
        String path = (i % 3 == 0 ? "/audit/" : "/validate/") + policy;
        HttpResponse<String> response =
                gateway.post(path, Reviews.create(uid, "default", "{\"token\":\"" + token + "\"}"));
        JsonNode answer = JSON.readTree(response.body()).get("response");
        boolean right =
                response.statusCode() == 200
                        && answer.get("uid").asText().equals(uid)
                        && answer.get("allowed").asBoolean() == policy.equals("a")
                        && answer.get("status")
                                .get("message")
                                .asText()
                                .equals(policy + " " + uid + " " + token);
        return right ? null : path + " " + uid + ": " + response.body();
    }

    @Test
    void hundredsOfEvaluationsWaitAtOnceWithoutHoldingAWorker() throws Exception {
        int waiting = 300;
        CountDownLatch allWait = new CountDownLatch(waiting);
        FakeModule module =
                new FakeModule((payload, context) -> {
                    context.permits().acquire();
                    context.permits().release();
                    allWait.countDown();
                    allWait.await();
                    context.permits().acquire();
                    context.permits().release();
                    return FakeModule.accept();
                });
        var policies = List.of(FakePolicies.policy("p", "timeoutEvalSeconds: 60", module));
        try (var gateway = RunningGateway.serving(policies, "--workers", "2");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < waiting; i++) {
                String review = Reviews.create("u" + i);
                answers.add(threads.submit(() -> gateway.post("/validate/p", review)));
            }
            for (int i = 0; i < waiting; i++) {
                assertThat(answers.get(i).get().body()).contains("\"uid\":\"u" + i + "\"");
            }
        }
    }

    private static Duration left(EvaluationContext context) {
        return context.deadline().remaining();
    }

    @Test
    void theDeadlineIsTheEarlierOfThePolicysAndTheClients() throws Exception {
        FakeModule tells =
                new FakeModule((payload, context) ->
                        FakeModule.reject(Long.toString(left(context).toMillis())));
        var policies =
                List.of(
                        FakePolicies.policy("plain", tells),
                        FakePolicies.policy("own", "timeoutEvalSeconds: 1000", tells));
        try (var gateway = RunningGateway.serving(policies, "--policy-timeout", "500")) {
            assertThat(millis(gateway, "/validate/plain")).isBetween(400_000L, 500_000L);
            assertThat(millis(gateway, "/validate/own")).isBetween(900_000L, 1_000_000L);
            assertThat(millis(gateway, "/validate/plain?timeout=300s"))
                    .isBetween(200_000L, 299_900L);
            assertThat(millis(gateway, "/validate/own?timeout=1000s"))
                    .isBetween(900_000L, 999_900L);
        }
        try (var gateway = RunningGateway.serving(policies, "--disable-timeout-protection")) {
            assertThat(millis(gateway, "/validate/own")).isGreaterThan(1_000_000_000L);
            assertThat(millis(gateway, "/validate/own?timeout=300s")).isBetween(200_000L, 299_900L);
        }
    }

    private static long millis(RunningGateway gateway, String path) throws Exception {
        String body = gateway.post(path, Reviews.create("u")).body();
        return JSON.readTree(body.getBytes(UTF_8)).at("/response/status/message").asLong();
    }
}
