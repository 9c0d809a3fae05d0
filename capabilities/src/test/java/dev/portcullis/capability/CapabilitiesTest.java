package dev.portcullis.capability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.capability.grant.CapabilityGrants;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.grant.ResourceGrants;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.kubernetes.FakeApiServer;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a guest's call to the API server and back. */
final class CapabilitiesTest {
    private static final PolicyGrants GRANTS =
            new PolicyGrants(
                    "everything",
                    CapabilityGrants.all(),
                    new ResourceGrants(
                            Set.of(
                                    new ResourceKind("v1", "Pod"),
                                    new ResourceKind("v1", "Namespace"),
                                    new ResourceKind("apps/v1", "Deployment"))));

    @TempDir Path folder;
    private final Vertx vertx = Vertx.vertx();
    private final FakeApiServer server = new FakeApiServer();
    private Capabilities capabilities;

    @BeforeEach
    void deploy() throws Exception {
        capabilities =
                Capabilities.deploy(
                                vertx, CapabilityOptions.of(Optional.of(server.connect(folder))))
                        .await();
    }

    @AfterEach
    void close() {
        capabilities.close().await();
        vertx.close().await();
        server.close();
    }

    private HostAnswer ask(String operation, String payload, Duration time)
            throws InterruptedException {
        return capabilities
                .hostCallsFor(GRANTS)
                .call(
                        new HostCall(
                                "kubewarden",
                                "kubernetes",
                                operation,
                                payload.getBytes(StandardCharsets.UTF_8)),
                        Deadline.in(time));
    }

    private static String text(HostAnswer answer) {
        return switch (answer) {
            case HostAnswer.Success(byte[] payload) -> new String(payload, StandardCharsets.UTF_8);
            case HostAnswer.Failure(String message) -> message;
        };
    }

    @Test
    void anObjectComesBackAsTheServerHasIt() throws Exception {
        server.json(
                "/api/v1/namespaces/default/pods/nginx",
                new JsonObject("{\"z\":1.50,\"metadata\":{\"name\":\"nginx\"},\"a\":null}"));

        HostAnswer answer =
                ask(
                        "get_resource",
                        """
                        {"api_version":"v1","kind":"Pod","name":"nginx","namespace":"default",
                         "disable_cache":false}
                        """,
                        Duration.ofSeconds(10));

        assertThat(text(answer))
                .isEqualTo("{\"z\":1.5,\"metadata\":{\"name\":\"nginx\"},\"a\":null}");
    }

    @Test
    void aListFollowsTheCluster() throws Exception {
        server.list(
                "/apis/apps/v1/namespaces/default/deployments",
                List.of(FakeApiServer.object("default", "web")));
        String payload =
                """
                {"api_version":"apps/v1","kind":"Deployment","namespace":"default"}
                """;

        assertThat(text(ask("list_resources_by_namespace", payload, Duration.ofSeconds(10))))
                .startsWith(
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"DeploymentList\",\"metadata\":{},\"items\":[{")
                .contains("\"name\":\"web\"");
    }

    @Test
    void aPermissionIsAskedFor() throws Exception {
        server.json(
                "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                new JsonObject("{\"status\":{\"allowed\":true,\"reason\":\"because\",\"x\":1}}"));

        HostAnswer answer =
                ask(
                        "can_i",
                        """
                        {"subject_access_review":{"user":"me","resource_attributes":
                         {"verb":"get","resource":"pods"}},"disable_cache":false}
                        """,
                        Duration.ofSeconds(10));

        assertThat(text(answer)).isEqualTo("{\"allowed\":true,\"reason\":\"because\"}");
    }

    @Test
    void fiveHundredGuestsWaitAtOnce() throws Exception {
        for (int i = 0; i < 500; i++) {
            server.json(
                    "/api/v1/namespaces/default/pods/p" + i,
                    JsonObject.of("metadata", JsonObject.of("name", "p" + i)));
        }
        ask(
                "get_resource",
                "{\"api_version\":\"v1\",\"kind\":\"Pod\",\"name\":\"p0\",\"namespace\":\"default\",\"disable_cache\":false}",
                Duration.ofSeconds(10));
        server.delay(Duration.ofSeconds(2));
        long begin = System.nanoTime();
        var questions = new ArrayList<Callable<HostAnswer>>();
        for (int i = 0; i < 500; i++) {
            String payload =
                    "{\"api_version\":\"v1\",\"kind\":\"Pod\",\"name\":\"p"
                            + i
                            + "\",\"namespace\":\"default\",\"disable_cache\":true}";
            questions.add(() -> ask("get_resource", payload, Duration.ofSeconds(20)));
        }
        try (var guests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HostAnswer>> answers = guests.invokeAll(questions);
            for (int i = 0; i < 500; i++) {
                assertThat(text(answers.get(i).get())).contains("\"p" + i + "\"");
            }
        }
        System.err.println(
                "500 took "
                        + (System.nanoTime() - begin) / 1_000_000
                        + " "
                        + java.lang.management.ManagementFactory.getThreadMXBean()
                                .getPeakThreadCount());
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }
}
