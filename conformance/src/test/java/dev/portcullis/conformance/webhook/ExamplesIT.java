package dev.portcullis.conformance.webhook;

import static dev.portcullis.conformance.webhook.Reviewer.JSON;
import static dev.portcullis.conformance.webhook.Reviewer.messageOf;
import static dev.portcullis.conformance.webhook.Reviewer.patchOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.portcullis.conformance.certificate.TestAuthority;
import dev.portcullis.conformance.cluster.Cluster;
import dev.portcullis.conformance.cluster.ClusterUser;
import dev.portcullis.conformance.cluster.Kubeconfig;
import dev.portcullis.conformance.process.GatewayLaunch;
import dev.portcullis.conformance.process.GatewayProcess;
import dev.portcullis.conformance.process.LoopbackPorts;
import dev.portcullis.conformance.process.SourceTree;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every example gets the answer that {@code examples/README.md} promises. */
class ExamplesIT {
    private static final Path EXAMPLES = SourceTree.root().resolve("examples");
    private static final Path LOGS = Path.of("target", "examples");
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final String RIGHT = "deployment-right-label.json";
    private static final String UPDATE = "deployment-update.json";
    private static final String WRONG = "deployment-wrong-label.json";
    private static final String REFUSAL =
            "label customer-id is \"wrong\", but namespace shop belongs to \"1\"";

    private static final Pattern FILE = Pattern.compile("`([a-z-]+\\.json)`");
    private static final Pattern REFUSED = Pattern.compile("refused: `(.*)`");

    /** A cell of the README's table. */
    private record Promise(String review, String path, String text) {
        @Override
        public String toString() {
            return review + " to " + path + ": " + text;
        }
    }

    @Test
    void theReadmeNamesEveryReview() throws IOException {
        try (var files = Files.list(EXAMPLES.resolve("reviews"))) {
            assertThat(promises().map(Promise::review).distinct())
                    .containsExactlyInAnyOrderElementsOf(
                            files.map(file -> file.getFileName().toString()).toList());
        }
        assertThat(readme()).contains(REFUSAL).contains(RIGHT).contains(UPDATE).contains(WRONG);
    }

    @Nested
    class WithoutCluster {
        @TempDir private static Path folder;
        private static @Nullable GatewayProcess gateway;

        @BeforeAll
        static void start() {
            var kubeconfig =
                    Kubeconfig.write(
                            folder.resolve("kubeconfig"),
                            URI.create("https://127.0.0.1:" + LoopbackPorts.free()),
                            TestAuthority.named("nobody").credential(),
                            "none");
            gateway = serve(kubeconfig, "without-cluster.log");
        }

        @AfterAll
        static void stop() {
            close(gateway);
        }

        @TestFactory
        Stream<DynamicTest> theAnswerIsTheOneOfTheReadme() throws IOException {
            return promises()
                    .map(promise ->
                            DynamicTest.dynamicTest(
                                    promise.toString(),
                                    () -> check(promise, ask(gateway, promise))));
        }

        @TestFactory
        Stream<DynamicTest> teamOwnerCannotLookUpTheNamespace() {
            return Stream.of(RIGHT, UPDATE, WRONG)
                    .map(review ->
                            DynamicTest.dynamicTest(
                                    review,
                                    () -> {
                                        var response = askTeamOwner(gateway, review);
                                        assertThat(response.path("allowed").asBoolean()).isFalse();
                                        assertThat(messageOf(response))
                                                .startsWith("cannot look up namespace shop: ");
                                    }));
        }
    }

    @Nested
    class WithTheShopInTheCluster {
        private static final ClusterUser ALICE = ClusterUser.named("alice");
        private static @Nullable Cluster cluster;
        private static @Nullable GatewayProcess gateway;

        @BeforeAll
        static void start() throws IOException {
            var availability = Cluster.availability();
            assumeTrue(availability.available(), availability.reason());
            var started = Cluster.start(Path.of("target", "cluster", "ExamplesIT"), ALICE);
            cluster = started;
            try (var client = client(started, ClusterUser.ADMIN);
                    var shop = Files.newInputStream(EXAMPLES.resolve("shop.yml"))) {
                client.load(shop).items().forEach(object -> client.resource(object).create());
                letAliceGetSecrets(client);
            }
            gateway = serve(started.kubeconfig(), "with-cluster.log");
        }

        @AfterAll
        static void stop() {
            close(gateway);
            if (cluster != null) {
                cluster.close();
            }
        }

        @Test
        void teamOwnerAdmitsTheRightLabel() throws Exception {
            // Rights travel from the objects to the API server's authorizer in the background.
            await().atMost(BOUND)
                    .untilAsserted(() ->
                            assertThat(askTeamOwner(gateway, RIGHT).path("allowed"))
                                    .isEqualTo(JSON.getNodeFactory().booleanNode(true)));
            var update = askTeamOwner(gateway, UPDATE);
            assertThat(update.path("allowed").asBoolean()).as(messageOf(update)).isTrue();
        }

        @Test
        void teamOwnerRefusesTheWrongLabel() throws Exception {
            var response = askTeamOwner(gateway, WRONG);
            assertThat(response.path("allowed").asBoolean()).isFalse();
            assertThat(messageOf(response)).isEqualTo(REFUSAL);
        }

        private static void letAliceGetSecrets(KubernetesClient client) {
            client.resource(
                            new RoleBuilder()
                                    .withNewMetadata()
                                    .withName("secret-reader")
                                    .withNamespace("shop")
                                    .endMetadata()
                                    .addNewRule()
                                    .withApiGroups("")
                                    .withResources("secrets")
                                    .withVerbs("get")
                                    .endRule()
                                    .build())
                    .create();
            client.resource(
                            new RoleBindingBuilder()
                                    .withNewMetadata()
                                    .withName("alice")
                                    .withNamespace("shop")
                                    .endMetadata()
                                    .addNewSubject()
                                    .withKind("User")
                                    .withApiGroup("rbac.authorization.k8s.io")
                                    .withName("alice")
                                    .endSubject()
                                    .withNewRoleRef()
                                    .withApiGroup("rbac.authorization.k8s.io")
                                    .withKind("Role")
                                    .withName("secret-reader")
                                    .endRoleRef()
                                    .build())
                    .create();
        }

        private static KubernetesClient client(Cluster cluster, ClusterUser user) {
            return new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(cluster.kubeconfig(user).toFile()))
                    .build();
        }
    }

    private static GatewayProcess serve(Path kubeconfig, String log) {
        return GatewayProcess.start(
                GatewayLaunch.ofTree(EXAMPLES.resolve("policies.yml"), kubeconfig),
                LOGS.resolve(log));
    }

    private static void close(@Nullable GatewayProcess gateway) {
        if (gateway != null) {
            gateway.close();
        }
    }

    private static JsonNode ask(@Nullable GatewayProcess gateway, Promise promise)
            throws IOException, InterruptedException {
        return ask(gateway, promise.path(), promise.review());
    }

    private static JsonNode askTeamOwner(@Nullable GatewayProcess gateway, String review)
            throws IOException, InterruptedException {
        return ask(gateway, "/validate/team-owner", review);
    }

    private static JsonNode ask(@Nullable GatewayProcess gateway, String path, String review)
            throws IOException, InterruptedException {
        var url = Objects.requireNonNull(gateway, "the gateway was started").url();
        try (var reviewer = new Reviewer(url, Optional.empty())) {
            return reviewer.ask(
                    path, JSON.readTree(EXAMPLES.resolve("reviews").resolve(review).toFile()));
        }
    }

    private static void check(Promise promise, JsonNode response) throws IOException {
        var patch = patchOf(response);
        var refused = REFUSED.matcher(promise.text());
        if (refused.matches()) {
            assertThat(response.path("allowed").asBoolean()).isFalse();
            assertThat(messageOf(response)).isEqualTo(refused.group(1));
            assertThat(patch).isEmpty();
            return;
        }
        assertThat(response.path("allowed").asBoolean()).as(messageOf(response)).isTrue();
        switch (promise.text()) {
            case "admitted", "admitted, nothing to change" -> assertThat(patch).isEmpty();
            case "admitted, with a patch" ->
                    assertThat(patch)
                            .contains(
                                    JSON.readTree(
                                            """
                                            [{"op": "add", "path": "/metadata/annotations", "value": {
                                                "example.com/contact": "shop@example.com",
                                                "example.com/cost-center": "4242"}}]
                                            """));
            default -> throw new AssertionError("the README promises '" + promise.text() + "'");
        }
    }

    /** What the README's table says, cell by cell. */
    private static Stream<Promise> promises() throws IOException {
        List<String> policies = new ArrayList<>();
        var promises = new ArrayList<Promise>();
        for (var line : readme().lines().filter(each -> each.startsWith("|")).toList()) {
            var cells = Stream.of(line.split("\\|")).skip(1).map(String::strip).toList();
            if (policies.isEmpty()) {
                cells.stream().skip(1).map(cell -> cell.replace("`", "")).forEach(policies::add);
                continue;
            }
            var endpoint =
                    cells.getFirst().contains("/validate_raw/") ? "/validate_raw/" : "/validate/";
            for (var review :
                    FILE.matcher(cells.getFirst()).results().map(MatchResult::group).toList()) {
                for (int column = 0; column < policies.size(); column++) {
                    var text = cells.get(column + 1);
                    if (!text.equals("for Kubernetes objects only")) {
                        promises.add(
                                new Promise(
                                        review.replace("`", ""),
                                        endpoint + policies.get(column),
                                        text));
                    }
                }
            }
        }
        assertThat(policies).containsExactly("required-labels", "add-annotations");
        return promises.stream();
    }

    private static String readme() throws IOException {
        return Files.readString(EXAMPLES.resolve("README.md"));
    }
}
