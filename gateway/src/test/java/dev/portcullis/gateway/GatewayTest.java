package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The gateway over HTTP, from the first byte to the last. */
class GatewayTest {
    @Test
    void aRejectionReachesTheClientInTheFormOfTheProtocol() throws Exception {
        var policy = FakePolicies.policy("no", FakeModule.answering(FakeModule.reject("not here")));
        try (var gateway = RunningGateway.serving(List.of(policy))) {
            var response = gateway.post("/validate/no", Reviews.create("u1"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(response.body())
                    .isEqualTo(
                            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
                                    + "\"response\":{\"uid\":\"u1\",\"allowed\":false,"
                                    + "\"status\":{\"message\":\"not here\"},"
                                    + "\"auditAnnotations\":null,\"warnings\":null}}");
        }
    }

    @Test
    void aPolicyThatNeverAnswersDoesNotHangItsClient() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        var policy =
                FakePolicies.policy(
                        "silent",
                        new FakeModule((payload, context) -> {
                            never.await();
                            return FakeModule.accept();
                        }));
        try (var gateway = RunningGateway.serving(List.of(policy), "--policy-timeout", "0")) {
            var response = gateway.post("/validate/silent", Reviews.create("u1"));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body())
                    .isEqualTo("{\"message\":\"Something went wrong\",\"status\":500}");
        } finally {
            never.countDown();
        }
    }

    @Test
    void moreEvaluationsThanAllowedAreRefusedWithAReason() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        var policy =
                FakePolicies.policy(
                        "slow",
                        "timeoutEvalSeconds: 60",
                        new FakeModule((payload, context) -> {
                            begun.countDown();
                            goOn.await();
                            return FakeModule.accept();
                        }));
        try (var gateway = RunningGateway.serving(List.of(policy), "--max-evaluations", "1");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> gateway.post("/validate/slow", Reviews.create("u1")));
            begun.await();
            var second = gateway.post("/validate/slow", Reviews.create("u2"));
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(second.body())
                    .isEqualTo(
                            "{\"message\":\"Too many evaluations are under way (limit 1), try"
                                    + " again\",\"status\":503}");
            goOn.countDown();
            assertThat(first.get().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aGatewayThatEndsAnswersWhatIsUnderWayAndTakesNothingNew() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        var policy =
                FakePolicies.policy(
                        "slow",
                        new FakeModule((payload, context) -> {
                            begun.countDown();
                            goOn.await();
                            return FakeModule.accept();
                        }));
        try (var gateway = RunningGateway.serving(List.of(policy));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            gateway.post("/validate/none", Reviews.create("idle connection"));
            var answer = threads.submit(() -> gateway.post("/validate/slow", Reviews.create("u1")));
            begun.await();
            var stopped = threads.submit(() -> gateway.gateway().stop());
            await().until(() -> gateway.readiness().statusCode() == 503);
            await().until(() -> refuses(gateway));
            assertThat(stopped.isDone()).isFalse();
            goOn.countDown();
            assertThat(answer.get().statusCode()).isEqualTo(200);
            stopped.get();
        }
    }

    private static boolean refuses(RunningGateway gateway) {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gateway.gateway().port())) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }
}
