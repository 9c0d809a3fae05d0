package dev.portcullis.conformance.webhook;

import static dev.portcullis.conformance.webhook.Reviewer.JSON;
import static dev.portcullis.conformance.webhook.Reviewer.messageOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.portcullis.conformance.cluster.Cluster;
import dev.portcullis.conformance.cluster.ClusterUser;
import dev.portcullis.conformance.process.GatewayLaunch;
import dev.portcullis.conformance.process.GatewayProcess;
import dev.portcullis.conformance.process.SourceTree;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperationsBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfigBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A real API server asks a real gateway over TLS, and the policies look things up on that same API
 * server. Each namespace is judged by the policy that its label {@value #JUDGED_BY} names, so that
 * tests do not meet.
 */
class AdmissionWebhookIT {
    private static final Path WORK = Path.of("target", "webhook");
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** Generous beside the 5 s that are asked for, yet less than the policies may take. */
    private static final Duration LIVELINESS = Duration.ofSeconds(20);

    /** May deploy, and read the secrets of every namespace, as team-owner demands. */
    private static final ClusterUser ALICE = ClusterUser.named("alice");

    /** May deploy and nothing else. */
    private static final ClusterUser BOB = ClusterUser.named("bob");

    /** Whom the gateway logs in as. */
    private static final ClusterUser GATEWAY = ClusterUser.named("portcullis");

    private static final String JUDGED_BY = "portcullis.test/judged-by";
    private static final String LABEL = "customer-id";
    private static final String DEPLOYMENT = "api";

    private static final List<String> VALIDATING =
            List.of(
                    "team-owner",
                    "team-owner-monitored",
                    "team-owner-without-resources",
                    "team-owner-without-capabilities",
                    "required-labels");
    private static final List<String> MUTATING = List.of("add-annotations", "mutation-not-allowed");

    // Far more than needed: a cold gateway on a busy machine is to answer as well.
    private static final int JUDGING_SECONDS = 25;
    private static final String PATIENCE = JUDGING_SECONDS + "s";
    private static final String TEAM_OWNER =
            """
            team-owner:
              module: file://../../policies/modules/team-owner.wasm
              contextAwareResources:
                - {apiVersion: v1, kind: Namespace}
                - {apiVersion: v1, kind: Service}
              hostCapabilities: ["kubernetes/*"]
            """;
    private static final String OTHERS =
            """
            team-owner-monitored:
              module: file://../../policies/modules/team-owner.wasm
              policyMode: monitor
              contextAwareResources:
                - {apiVersion: v1, kind: Namespace}
                - {apiVersion: v1, kind: Service}
              hostCapabilities: ["kubernetes/*"]
            team-owner-without-resources:
              module: file://../../policies/modules/team-owner.wasm
              hostCapabilities: ["kubernetes/*"]
            team-owner-without-capabilities:
              module: file://../../policies/modules/team-owner.wasm
              contextAwareResources:
                - {apiVersion: v1, kind: Namespace}
                - {apiVersion: v1, kind: Service}
            required-labels:
              module: file://../../policies/modules/required-labels.wasm
              settings: {required: {owner: "team-[a-z]+"}}
            add-annotations:
              module: file://../../policies/modules/add-annotations.wasm
              allowedToMutate: true
              settings: {annotations: {example.com/contact: shop@example.com}}
            mutation-not-allowed:
              module: file://../../policies/modules/add-annotations.wasm
              settings: {annotations: {example.com/contact: shop@example.com}}
            """;

    private static @Nullable Cluster startedCluster;
    private static @Nullable GatewayProcess startedGateway;
    private static @Nullable KubernetesClient adminClient;
    private static @Nullable KubernetesClient aliceClient;
    private static @Nullable KubernetesClient bobClient;

    @BeforeAll
    static void start() throws Exception {
        var availability = Cluster.availability();
        assumeTrue(availability.available(), availability.reason());
        var cluster =
                Cluster.start(
                        Path.of("target", "cluster", "AdmissionWebhookIT"), ALICE, BOB, GATEWAY);
        startedCluster = cluster;
        adminClient = client(ClusterUser.ADMIN);
        aliceClient = client(ALICE);
        bobClient = client(BOB);
        grantRights();
        startedGateway = startGateway("gateway", TEAM_OWNER + OTHERS);
        registerWebhooks();
    }

    @AfterAll
    static void stop() {
        Stream.of(
                        Optional.ofNullable(adminClient),
                        Optional.ofNullable(aliceClient),
                        Optional.ofNullable(bobClient))
                .flatMap(Optional::stream)
                .forEach(KubernetesClient::close);
        if (startedGateway != null) {
            startedGateway.close();
        }
        if (startedCluster != null) {
            startedCluster.close();
        }
    }

    @Test
    void aDeploymentOfTheNamespacesCustomerIsCreated() {
        makeShop("right-label", "team-owner");

        alice().resource(deployment("right-label", "right-label")).create();

        assertThat(stored("right-label")).isPresent();
    }

    @Test
    void aWrongLabelIsRefusedInThePolicysOwnWords() {
        makeShop("wrong-label", "team-owner");

        assertThat(refusal(alice(), deployment("wrong-label", "somebody-else")))
                .isEqualTo(
                        denied(
                                "team-owner",
                                "label customer-id is \"somebody-else\", but namespace wrong-label"
                                        + " belongs to \"wrong-label\""));
        assertThat(stored("wrong-label")).isEmpty();
    }

    @Test
    void aChangeIsJudgedToo() {
        makeShop("changed", "team-owner");
        var right = alice().resource(deployment("changed", "changed")).create();

        var wrong =
                new DeploymentBuilder(right)
                        .editMetadata()
                        .addToLabels(LABEL, "somebody-else")
                        .endMetadata()
                        .build();
        assertThatThrownBy(() -> alice().resource(wrong).update())
                .hasMessageContaining(
                        denied(
                                "team-owner",
                                "label customer-id is \"somebody-else\", but namespace changed"
                                        + " belongs to \"changed\""));
        assertThat(stored("changed").orElseThrow().getMetadata().getLabels())
                .containsEntry(LABEL, "changed");

        var larger = new DeploymentBuilder(right).editSpec().withReplicas(3).endSpec().build();
        alice().resource(larger).update();
        assertThat(stored("changed").orElseThrow().getSpec().getReplicas()).isEqualTo(3);
    }

    @Test
    void whoMayNotReadTheSecretsIsRefused() {
        makeShop("secrets", "team-owner");

        assertThat(refusal(bob(), deployment("secrets", "secrets")))
                .isEqualTo(
                        denied("team-owner", "user bob may not get secrets in namespace secrets"));
    }

    @Test
    void aServiceThatComesLaterIsSeen() {
        makeNamespace("unguarded", "team-owner");
        var missing =
                denied(
                        "team-owner",
                        "service api-auth with label customer-id=unguarded is missing in namespace"
                                + " unguarded");

        assertThat(refusal(alice(), deployment("unguarded", "unguarded"))).isEqualTo(missing);
        admin().resource(guard("unguarded")).create();

        await().atMost(BOUND)
                .ignoreExceptionsMatching(
                        failure -> String.valueOf(failure.getMessage()).contains(missing))
                .untilAsserted(
                        () -> alice().resource(deployment("unguarded", "unguarded")).create());
    }

    @Test
    void anAnnotationOfTheMutatingPolicyIsStored() {
        makeNamespace("annotated", "add-annotations");

        alice().resource(deployment("annotated", "any")).create();

        assertThat(stored("annotated").orElseThrow().getMetadata().getAnnotations())
                .containsEntry("example.com/contact", "shop@example.com");
    }

    @Test
    void aPolicyThatMayNotMutateRefuses() {
        makeNamespace("immutable", "mutation-not-allowed");

        assertThat(refusal(alice(), deployment("immutable", "any")))
                .isEqualTo(
                        denied(
                                "mutation-not-allowed",
                                "Request rejected by policy mutation-not-allowed. The policy"
                                        + " attempted to mutate the request, but it is currently"
                                        + " configured to not allow mutations."));
    }

    @Test
    void aPolicyWithoutTheClusterIsAskedAsWell() {
        makeNamespace("labelled", "required-labels");

        assertThat(refusal(alice(), deployment("labelled", "any")))
                .isEqualTo(denied("required-labels", "label \"owner\" is missing"));
        var owned =
                new DeploymentBuilder(deployment("labelled", "any"))
                        .editMetadata()
                        .addToLabels("owner", "team-shop")
                        .endMetadata()
                        .build();
        alice().resource(owned).create();
        assertThat(stored("labelled")).isPresent();
    }

    @Test
    void monitorModeAdmitsAndLogsWhatItWouldRefuse() {
        makeShop("monitored", "team-owner-monitored");

        alice().resource(deployment("monitored", "somebody-else")).create();

        assertThat(stored("monitored")).isPresent();
        await().atMost(BOUND)
                .untilAsserted(() ->
                        assertThat(WORK.resolve("gateway.log"))
                                .content()
                                .containsPattern(
                                        "policy evaluation \\(monitor mode\\)"
                                                + " policy_id=team-owner-monitored .*allowed=false"
                                                + " .*namespace monitored belongs to"));
    }

    @Test
    void aResourceThatWasNotGrantedIsNamed() {
        makeShop("ungranted", "team-owner-without-resources");

        assertThat(refusal(alice(), deployment("ungranted", "ungranted")))
                .isEqualTo(
                        denied(
                                "team-owner-without-resources",
                                "cannot look up namespace ungranted: Policy has not been granted"
                                        + " access to Kubernetes v1/Namespace resources. The"
                                        + " violation has been reported."));
        await().atMost(BOUND)
                .untilAsserted(() ->
                        assertThat(WORK.resolve("gateway.log"))
                                .content()
                                .contains(
                                        "Policy team-owner-without-resources asked for Kubernetes"
                                                + " v1/Namespace resources"));
    }

    @Test
    void aCapabilityThatWasNotGrantedIsNamed() {
        makeShop("incapable", "team-owner-without-capabilities");

        assertThat(refusal(alice(), deployment("incapable", "incapable")))
                .isEqualTo(
                        denied(
                                "team-owner-without-capabilities",
                                "cannot look up namespace incapable: Policy has not been granted"
                                        + " access to the 'kubernetes/get_resource' host"
                                        + " capability. The violation has been reported."));
    }

    @Test
    void aDeploymentCanBeDeletedWhateverItsLabel() {
        makeShop("deleted", "team-owner");
        alice().resource(deployment("deleted", "deleted")).create();
        admin().namespaces()
                .withName("deleted")
                .edit(namespace ->
                        new NamespaceBuilder(namespace)
                                .editMetadata()
                                .removeFromLabels(LABEL)
                                .endMetadata()
                                .build());

        alice().apps().deployments().inNamespace("deleted").withName(DEPLOYMENT).delete();

        assertThat(stored("deleted")).isEmpty();
    }

    @Test
    void aDryRunIsJudgedAndChangesNothing() {
        makeShop("rehearsed", "team-owner");
        makeNamespace("rehearsed-change", "add-annotations");

        var admitted = alice().resource(deployment("rehearsed", "rehearsed")).dryRun(true).create();
        assertThat(admitted.getMetadata().getUid()).isNotEmpty();
        assertThatThrownBy(() ->
                        alice().resource(deployment("rehearsed", "somebody-else"))
                                .dryRun(true)
                                .create())
                .hasMessageContaining("namespace rehearsed belongs to \"rehearsed\"");
        assertThat(stored("rehearsed")).isEmpty();

        var changed = alice().resource(deployment("rehearsed-change", "any")).dryRun(true).create();
        assertThat(changed.getMetadata().getAnnotations()).containsKey("example.com/contact");
        assertThat(stored("rehearsed-change")).isEmpty();
    }

    @Test
    void whileTheApiServerIsDownAPolicySaysSoAndIsRightAgainAfterwards() throws Exception {
        makeShop("outage", "team-owner");
        makeShop("outage-unseen", "team-owner");
        try (var reviewer = reviewer(gateway())) {
            admitted(reviewer, "outage");
            cluster().stopApiServer();
            refusedInItsOwnWords(reviewer, "outage", PATIENCE);
            refusedInItsOwnWords(reviewer, "outage-unseen", PATIENCE);
            cluster().startApiServer();
            admitted(reviewer, "outage");
            admitted(reviewer, "outage-unseen");

            // The watches from before the outage go on.
            admin().resource(guard("outage")).delete();
            await().atMost(BOUND)
                    .untilAsserted(() ->
                            assertThat(messageOf(ask(reviewer, "outage", PATIENCE)))
                                    .startsWith("service api-auth with label"));
        } finally {
            cluster().startApiServer();
        }
    }

    @Test
    void anApiServerThatDoesNotAnswerCostsNoMoreThanTheDeadline() throws Exception {
        makeShop("frozen", "team-owner");
        makeShop("frozen-unseen", "team-owner");
        try (var reviewer = reviewer(gateway())) {
            admitted(reviewer, "frozen");
            cluster().pauseApiServer();
            refusedInItsOwnWords(reviewer, "frozen", "5s");
            // Two lookups that wait leave the policy next to no time for words.
            refusedInTime(reviewer, "frozen-unseen", "5s");
            cluster().resumeApiServer();
            admitted(reviewer, "frozen");
            admitted(reviewer, "frozen-unseen");
        } finally {
            cluster().resumeApiServer();
        }
    }

    @Test
    void aGatewayThatStartsBeforeItsApiServerNeedsNoRestart() throws Exception {
        makeShop("early", "team-owner");
        cluster().stopApiServer();
        try {
            var early = startGateway("early-gateway", TEAM_OWNER);
            try (early;
                    var reviewer = reviewer(early)) {
                refusedInItsOwnWords(reviewer, "early", PATIENCE);
                cluster().startApiServer();
                admitted(reviewer, "early");
            }
            assertThat(early.exitCode()).as("exit code after SIGTERM").hasValue(0);
        } finally {
            cluster().startApiServer();
        }
    }

    /** The policy is told what went wrong in time to say so. */
    private static void refusedInItsOwnWords(Reviewer reviewer, String namespace, String timeout)
            throws IOException, InterruptedException {
        var response = refusedInTime(reviewer, namespace, timeout);
        assertThat(messageOf(response)).startsWith("cannot ").contains("Kubernetes API server");
        assertThat(response.path("status").has("code")).as("code of %s", response).isFalse();
    }

    private static JsonNode refusedInTime(Reviewer reviewer, String namespace, String timeout)
            throws IOException, InterruptedException {
        var started = System.nanoTime();
        var response = ask(reviewer, namespace, timeout);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(LIVELINESS);
        assertThat(response.path("allowed").asBoolean()).isFalse();
        return response;
    }

    private static void admitted(Reviewer reviewer, String namespace)
            throws IOException, InterruptedException {
        var response = ask(reviewer, namespace, PATIENCE);
        assertThat(response.path("allowed").asBoolean()).as(messageOf(response)).isTrue();
    }

    /** Asks as the API server would about a Deployment of the namespace's customer. */
    private static JsonNode ask(Reviewer reviewer, String namespace, String timeout)
            throws IOException, InterruptedException {
        var example =
                SourceTree.root().resolve("examples/reviews/deployment-right-label.json").toFile();
        var review = JSON.readTree(example);
        var request = (ObjectNode) review.path("request");
        request.put("namespace", namespace);
        var metadata = (ObjectNode) request.path("object").path("metadata");
        metadata.put("namespace", namespace);
        ((ObjectNode) metadata.path("labels")).put(LABEL, namespace);
        return reviewer.ask("/validate/team-owner?timeout=" + timeout, review);
    }

    private static String refusal(KubernetesClient client, Deployment deployment) {
        var failure =
                catchThrowableOfType(
                        KubernetesClientException.class,
                        () -> client.resource(deployment).create());
        assertThat(failure).as("the Deployment is refused").isNotNull();
        return failure.getStatus().getMessage();
    }

    private static String denied(String policy, String message) {
        return "admission webhook \"" + webhook(policy) + "\" denied the request: " + message;
    }

    private static Optional<Deployment> stored(String namespace) {
        return Optional.ofNullable(
                admin().apps().deployments().inNamespace(namespace).withName(DEPLOYMENT).get());
    }

    /** A namespace that belongs to the customer of its name, with all that team-owner wants. */
    private static void makeShop(String name, String policy) {
        makeNamespace(name, policy);
        admin().resource(guard(name)).create();
    }

    private static void makeNamespace(String name, String policy) {
        admin().resource(
                        new NamespaceBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .addToLabels(JUDGED_BY, policy)
                                .addToLabels(LABEL, name)
                                .endMetadata()
                                .build())
                .create();
    }

    private static Service guard(String namespace) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(DEPLOYMENT + "-auth")
                .addToLabels(LABEL, namespace)
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withPort(443)
                .endPort()
                .endSpec()
                .build();
    }

    private static Deployment deployment(String namespace, String customer) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(DEPLOYMENT)
                .addToLabels(LABEL, customer)
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewSelector()
                .addToMatchLabels("app", DEPLOYMENT)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", DEPLOYMENT)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("example.test/api:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static void grantRights() {
        var deploy = rule("apps", "deployments", "get", "create", "update", "delete");
        grant(ALICE, deploy, rule("", "secrets", "get"));
        grant(BOB, deploy);
        grant(
                GATEWAY,
                rule("", "namespaces", "get", "list", "watch"),
                rule("", "services", "get", "list", "watch"),
                rule("authorization.k8s.io", "subjectaccessreviews", "create"));
    }

    private static PolicyRule rule(String group, String resource, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(verbs)
                .build();
    }

    private static void grant(ClusterUser user, PolicyRule... rules) {
        admin().resource(
                        new ClusterRoleBuilder()
                                .withNewMetadata()
                                .withName(user.name())
                                .endMetadata()
                                .withRules(rules)
                                .build())
                .create();
        admin().resource(
                        new ClusterRoleBindingBuilder()
                                .withNewMetadata()
                                .withName(user.name())
                                .endMetadata()
                                .addNewSubject()
                                .withKind("User")
                                .withApiGroup("rbac.authorization.k8s.io")
                                .withName(user.name())
                                .endSubject()
                                .withNewRoleRef()
                                .withApiGroup("rbac.authorization.k8s.io")
                                .withKind("ClusterRole")
                                .withName(user.name())
                                .endRoleRef()
                                .build())
                .create();
    }

    private static GatewayProcess startGateway(String name, String policies) throws IOException {
        Files.createDirectories(WORK);
        var file = Files.writeString(WORK.resolve(name + ".yml"), policies);
        return GatewayProcess.start(
                GatewayLaunch.ofTree(
                                file,
                                cluster().kubeconfig(GATEWAY),
                                "--policy-timeout=" + JUDGING_SECONDS)
                        .showing(cluster().authority().server(name).writeTo(WORK, name)),
                WORK.resolve(name + ".log"));
    }

    /**
     * Registers all webhooks and waits until the API server asks them: it learns in its own time.
     */
    private static void registerWebhooks() {
        admin().resource(
                        new ValidatingWebhookConfigurationBuilder()
                                .withNewMetadata()
                                .withName("portcullis")
                                .endMetadata()
                                .withWebhooks(
                                        VALIDATING.stream().map(each -> validating(each)).toList())
                                .build())
                .create();
        admin().resource(
                        new MutatingWebhookConfigurationBuilder()
                                .withNewMetadata()
                                .withName("portcullis")
                                .endMetadata()
                                .withWebhooks(
                                        MUTATING.stream()
                                                .map(policy ->
                                                        new MutatingWebhookBuilder()
                                                                .withName(webhook(policy))
                                                                .withClientConfig(address(policy))
                                                                .withNewNamespaceSelector()
                                                                .addToMatchLabels(JUDGED_BY, policy)
                                                                .endNamespaceSelector()
                                                                .withRules(
                                                                        deployments(
                                                                                "CREATE", "UPDATE"))
                                                                .withFailurePolicy("Fail")
                                                                .withSideEffects("None")
                                                                .withTimeoutSeconds(JUDGING_SECONDS)
                                                                .withAdmissionReviewVersions("v1")
                                                                .build())
                                                .toList())
                                .build())
                .create();
        makeNamespace("first-validated", "required-labels");
        makeNamespace("first-mutated", "mutation-not-allowed");
        for (var probe : List.of("first-validated", "first-mutated")) {
            await().atMost(BOUND)
                    .untilAsserted(() ->
                            assertThatThrownBy(() ->
                                            alice().resource(deployment(probe, "any"))
                                                    .dryRun(true)
                                                    .create())
                                    .hasMessageContaining("denied the request"));
        }
    }

    private static ValidatingWebhook validating(String policy) {
        return new ValidatingWebhookBuilder()
                .withName(webhook(policy))
                .withClientConfig(address(policy))
                .withNewNamespaceSelector()
                .addToMatchLabels(JUDGED_BY, policy)
                .endNamespaceSelector()
                .withRules(deployments("CREATE", "UPDATE", "DELETE"))
                .withFailurePolicy("Fail")
                .withSideEffects("None")
                .withTimeoutSeconds(JUDGING_SECONDS)
                .withAdmissionReviewVersions("v1")
                .build();
    }

    private static String webhook(String policy) {
        return policy + ".portcullis.test";
    }

    private static WebhookClientConfig address(String policy) {
        var authority = cluster().authority().credential().certificatePem();
        return new WebhookClientConfigBuilder()
                .withUrl(gateway().url().resolve("/validate/" + policy).toString())
                .withCaBundle(
                        Base64.getEncoder()
                                .encodeToString(authority.getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    private static RuleWithOperations deployments(String... operations) {
        return new RuleWithOperationsBuilder()
                .withApiGroups("apps")
                .withApiVersions("v1")
                .withResources("deployments")
                .withOperations(operations)
                .build();
    }

    private static Reviewer reviewer(GatewayProcess gateway) {
        return new Reviewer(gateway.url(), Optional.of(cluster().authority()));
    }

    private static KubernetesClient client(ClusterUser user) {
        var config = Config.fromKubeconfig(cluster().kubeconfig(user).toFile());
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Cluster cluster() {
        return Objects.requireNonNull(startedCluster, "the cluster was started");
    }

    private static GatewayProcess gateway() {
        return Objects.requireNonNull(startedGateway, "the gateway was started");
    }

    private static KubernetesClient admin() {
        return Objects.requireNonNull(adminClient, "the cluster was started");
    }

    private static KubernetesClient alice() {
        return Objects.requireNonNull(aliceClient, "the cluster was started");
    }

    private static KubernetesClient bob() {
        return Objects.requireNonNull(bobClient, "the cluster was started");
    }
}
