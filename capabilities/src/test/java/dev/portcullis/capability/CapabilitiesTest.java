package dev.portcullis.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.capability.grant.CapabilityGrants;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.grant.ResourceGrants;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.kubernetes.FakeApiServer;
import dev.portcullis.capability.kubernetes.KubernetesConnection;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From a guest's call to the API server and back. */
@ExtendWith(VertxExtension.class)
final class CapabilitiesTest {
    private static final PolicyGrants GRANTS =
            new PolicyGrants(
                    "trusted",
                    CapabilityGrants.all(),
                    ResourceGrants.of(List.of(new ResourceKind("v1", "Pod"))));
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PODS = "/api/v1/namespaces/default/pods";

    @TempDir Path folder;
    private final FakeApiServer server = new FakeApiServer();
    private Vertx vertx;
    private Capabilities capabilities;

    @BeforeEach
    void deploy(Vertx vertx) throws Exception {
        this.vertx = vertx;
        capabilities = deploy(Optional.of(server.connect(folder)));
    }

    private Capabilities deploy(Optional<KubernetesConnection> connection) {
        return Capabilities.deploy(vertx, CapabilityOptions.of(connection)).await();
    }

    @AfterEach
    void close() {
        capabilities.close().await();
        server.close();
    }

    private String ask(String operation, String payload, Duration time)
            throws InterruptedException {
        var call =
                new HostCall(
                        "kubewarden",
                        "kubernetes",
                        operation,
                        payload.getBytes(StandardCharsets.UTF_8));
        return switch (capabilities.hostCallsFor(GRANTS).call(call, Deadline.in(time))) {
            case HostAnswer.Success(byte[] answer) -> new String(answer, StandardCharsets.UTF_8);
            case HostAnswer.Failure(String message) -> message;
        };
    }

    private static String pod(String name) {
        return """
        {"api_version":"v1","kind":"Pod","name":"%s","namespace":"default",
         "disable_cache":true}
        """
                .formatted(name);
    }

    /** So that the kind of pods is known. */
    private void warmUp() throws InterruptedException {
        server.json(PODS + "/warm-up", new JsonObject());
        assertThat(ask("get_resource", pod("warm-up"), LONG)).isEqualTo("{}");
    }

    @Test
    void aGuestGetsAnObject() throws Exception {
        server.json(PODS + "/nginx", JsonObject.of("v", 1));

        assertThat(ask("get_resource", pod("nginx"), LONG)).isEqualTo("{\"v\":1}");
    }

    @Test
    void aGuestGetsAList() throws Exception {
        server.list(PODS, List.of(FakeApiServer.object("default", "nginx")));

        assertThat(
                        ask(
                                "list_resources_by_namespace",
                                "{\"api_version\":\"v1\",\"kind\":\"Pod\",\"namespace\":\"default\"}",
                                LONG))
                .startsWith("{\"apiVersion\":\"v1\",\"kind\":\"PodList\",")
                .contains("\"name\":\"nginx\"");
        assertThat(capabilities.usage().kubernetes().watches()).isEqualTo(1);
    }

    @Test
    void aGuestLearnsOfAPermission() throws Exception {
        server.json(
                "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                new JsonObject("{\"status\":{\"allowed\":true}}"));

        assertThat(
                        ask(
                                "can_i",
                                """
                                {"subject_access_review":{"user":"me","resource_attributes":
                                 {"verb":"get","resource":"pods"}},"disable_cache":false}
                                """,
                                LONG))
                .isEqualTo("{\"allowed\":true}");
    }

    @Test
    void aFailureReachesTheGuestWithItsCauses() throws Exception {
        server.refuse(PODS + "/nginx", 403, "forbidden");

        assertThat(ask("get_resource", pod("nginx"), LONG))
                .isEqualTo(
                        "Callback evaluation failure: cannot get v1/Pod named 'nginx' inside of"
                                + " namespace 'Some(\"default\")': the Kubernetes API server"
                                + " answered 403: forbidden");
    }

    @Test
    void aServerThatIsTooSlowCostsTheGuestAnErrorAndNotItsEvaluation() throws Exception {
        warmUp();
        server.delay(LONG);

        assertThat(ask("get_resource", pod("nginx"), Duration.ofSeconds(1)))
                .startsWith("Callback evaluation failure: ")
                .containsAnyOf("did not answer in time", "no answer within");
    }

    @Test
    void withoutAConnectionEveryQuestionFails() throws Exception {
        capabilities.close().await();
        capabilities = deploy(Optional.empty());

        assertThat(ask("get_resource", pod("nginx"), LONG))
                .isEqualTo(
                        "Callback evaluation failure: kube::Client was not initialized properly");
        assertThat(capabilities.usage().kubernetes().watches()).isZero();
    }

    @Test
    void closingFailsThoseWhoWaitAndThoseWhoComeLater() throws Exception {
        warmUp();
        server.delay(LONG);
        try (var guests = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = guests.submit(() -> ask("get_resource", pod("nginx"), LONG));
            await().until(() -> server.count("GET " + PODS + "/nginx") == 1);

            capabilities.close().await();

            assertThat(waiting.get()).isEqualTo("Error obtaining response over callback channel");
        }
        assertThat(ask("get_resource", pod("nginx"), LONG))
                .isEqualTo(
                        "Error sending request over callback channel: the capabilities are"
                                + " closed");
        capabilities = deploy(Optional.empty());
    }

    @Test
    void fiveHundredGuestsWaitSideBySide() throws Exception {
        int guests = 500;
        var questions = new ArrayList<Callable<String>>();
        for (int i = 0; i < guests; i++) {
            String name = "p" + i;
            server.json(PODS + "/" + name, JsonObject.of("name", name));
            questions.add(() -> ask("get_resource", pod(name), LONG));
        }
        warmUp();
        server.delay(Duration.ofSeconds(2));

        long begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = threads.invokeAll(questions);
            for (int i = 0; i < guests; i++) {
                assertThat(answers.get(i).get()).isEqualTo("{\"name\":\"p" + i + "\"}");
            }
        }
        // One after another they would take a thousand seconds; sixty-four at a time sixteen.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
        assertThat(capabilities.usage().questionsInFlight()).isZero();
    }
}
