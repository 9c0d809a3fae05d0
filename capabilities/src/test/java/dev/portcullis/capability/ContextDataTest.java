package dev.portcullis.capability;

import static dev.portcullis.capability.kubernetes.FakeApiServer.object;
import static dev.portcullis.capability.kubernetes.FakeApiServer.resource;
import static dev.portcullis.capability.kubernetes.FakeApiServer.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.capability.grant.CapabilityGrants;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.grant.ResourceGrants;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.kubernetes.FakeApiServer;
import dev.portcullis.capability.question.Question;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What Rego policies are given to know (guest-abi §5.2, policy-server §17 and §18). */
@ExtendWith(VertxExtension.class)
final class ContextDataTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ResourceKind NAMESPACE = new ResourceKind("v1", "Namespace");
    private static final ResourceKind DEPLOYMENT = new ResourceKind("apps/v1", "Deployment");
    private static final String NAMESPACES = "/api/v1/namespaces";
    private static final String DEPLOYMENTS = "/apis/apps/v1/deployments";

    @TempDir Path folder;
    private final FakeApiServer server = new FakeApiServer();
    private Vertx vertx;
    private Capabilities capabilities;

    @BeforeEach
    void deploy(Vertx vertx) throws Exception {
        this.vertx = vertx;
        capabilities =
                Capabilities.deploy(
                                vertx, CapabilityOptions.of(Optional.of(server.connect(folder))))
                        .await();
        server.list(NAMESPACES, List.of(clusterWide("shop")));
        server.list(DEPLOYMENTS, List.of(object("shop", "web"), object("back", "db")));
    }

    @AfterEach
    void close() {
        capabilities.close().await();
        server.close();
    }

    private static JsonObject clusterWide(String name) {
        return JsonObject.of("metadata", JsonObject.of("name", name, "resourceVersion", "1"));
    }

    private static PolicyGrants granted(ResourceKind... kinds) {
        return new PolicyGrants("p", CapabilityGrants.none(), ResourceGrants.of(List.of(kinds)));
    }

    private ContextData.Data asked(ContextData.Form form, ResourceKind... kinds)
            throws InterruptedException {
        return capabilities.contextDataFor(granted(kinds)).objects(form, Deadline.in(LONG));
    }

    private JsonObject objects(ContextData.Form form, ResourceKind... kinds)
            throws InterruptedException {
        return switch (asked(form, kinds)) {
            case ContextData.Data.Objects(var json) ->
                    new JsonObject(new String(json, StandardCharsets.UTF_8));
            case ContextData.Data other -> throw new AssertionError(other);
        };
    }

    private static JsonObject at(JsonObject root, String... path) {
        for (String name : path) {
            assertThat(root.fieldNames()).contains(name);
            root = root.getJsonObject(name);
        }
        return root;
    }

    @Test
    void objectsForOpaStandByPluralNamespaceAndName() throws Exception {
        var root = objects(ContextData.Form.BY_PLURAL, NAMESPACE, DEPLOYMENT);

        assertThat(root.fieldNames()).containsExactly("deployments", "namespaces");
        assertThat(at(root, "namespaces").fieldNames()).containsExactly("shop");
        assertThat(at(root, "deployments").fieldNames()).containsExactly("back", "shop");
        assertThat(at(root, "deployments", "shop", "web"))
                .isEqualTo(
                        new JsonObject(
                                """
                                {"apiVersion": "apps/v1", "kind": "Deployment",
                                 "metadata": {"name": "web", "namespace": "shop",
                                  "resourceVersion": "1", "managedFields": [],
                                  "annotations": {}}}
                                """));
    }

    @Test
    void objectsForGatekeeperStandByScopeVersionAndKind() throws Exception {
        var root = objects(ContextData.Form.INVENTORY, NAMESPACE, DEPLOYMENT);

        assertThat(root.fieldNames()).containsExactly("cluster", "namespace");
        assertThat(at(root, "cluster", "v1", "Namespace").fieldNames()).containsExactly("shop");
        assertThat(at(root, "namespace", "shop", "apps/v1", "Deployment").fieldNames())
                .containsExactly("web");
        assertThat(at(root, "namespace", "back", "apps/v1", "Deployment", "db"))
                .isEqualTo(
                        at(
                                objects(ContextData.Form.BY_PLURAL, DEPLOYMENT),
                                "deployments",
                                "back",
                                "db"));
    }

    @Test
    void anInventoryAlwaysHasBothScopesAndAnEmptyListItsPlural() throws Exception {
        server.list(NAMESPACES, List.of());

        assertThat(objects(ContextData.Form.INVENTORY, NAMESPACE))
                .isEqualTo(new JsonObject("{\"cluster\": {}, \"namespace\": {}}"));
        assertThat(objects(ContextData.Form.BY_PLURAL, NAMESPACE))
                .isEqualTo(new JsonObject("{\"namespaces\": {}}"));
    }

    @Test
    void anInventoryIsWrittenOnceUntilAListChanges() throws Exception {
        var first = asked(ContextData.Form.INVENTORY, NAMESPACE);
        assertThat(asked(ContextData.Form.INVENTORY, NAMESPACE)).isInstanceOf(first.getClass());
        if (first instanceof ContextData.Data.Objects(var json)
                && asked(ContextData.Form.INVENTORY, NAMESPACE)
                        instanceof ContextData.Data.Objects(var again)) {
            assertThat(again).isSameAs(json);
        }

        await().until(() -> server.watches() == 1);
        server.emit(
                "ADDED",
                new JsonObject(
                        """
                        {"apiVersion": "v1", "kind": "Namespace",
                         "metadata": {"name": "new", "resourceVersion": "101"}}
                        """));

        await().untilAsserted(() ->
                assertThat(
                                at(
                                                objects(ContextData.Form.INVENTORY, NAMESPACE),
                                                "cluster",
                                                "v1",
                                                "Namespace")
                                        .fieldNames())
                        .containsExactly("new", "shop"));
    }

    @Test
    void aPolicyWithoutGrantsIsGivenNothing() throws Exception {
        assertThat(asked(ContextData.Form.BY_PLURAL)).isEqualTo(new ContextData.Data.Nothing());
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aPluralThatNamesTwoScopesIsAnError() throws Exception {
        server.json("/apis/example.com/v1", resources(resource("namespaces", "Namespace", true)));
        server.list("/apis/example.com/v1/namespaces", List.of());

        assertThat(
                        asked(
                                ContextData.Form.BY_PLURAL,
                                NAMESPACE,
                                new ResourceKind("example.com/v1", "Namespace")))
                .isEqualTo(
                        new ContextData.Data.Unavailable(
                                "cannot perform a request via callback channel:"
                                        + " example.com/v1/Namespace and v1/Namespace are both"
                                        + " called 'namespaces', but only one of them lives in"
                                        + " namespaces: a policy can be granted one of them"));
    }

    @Test
    void aKindThatDoesNotExistIsAnError() throws Exception {
        assertThat(asked(ContextData.Form.INVENTORY, new ResourceKind("v1", "Nothing")))
                .isEqualTo(
                        new ContextData.Data.Unavailable(
                                "cannot perform a request via callback channel: Cannot find"
                                        + " resource v1/Nothing"));
    }

    @Test
    void aListThatIsForbiddenIsAnErrorAndNoEmptyList() throws Exception {
        server.refuse(NAMESPACES, 403, "namespaces is forbidden");

        assertThat(asked(ContextData.Form.INVENTORY, NAMESPACE))
                .isInstanceOfSatisfying(
                        ContextData.Data.Unavailable.class,
                        failed -> assertThat(failed.reason()).contains("namespaces is forbidden"));
    }

    @Test
    void withoutAClusterTheReasonIsTold() throws Exception {
        capabilities.close().await();
        capabilities = Capabilities.deploy(vertx, CapabilityOptions.of(Optional.empty())).await();

        assertThat(asked(ContextData.Form.BY_PLURAL, NAMESPACE))
                .isEqualTo(
                        new ContextData.Data.Unavailable(
                                "cannot perform a request via callback channel: kube::Client was"
                                        + " not initialized properly"));
    }

    @Test
    void aGuestCannotAskForIt() throws Exception {
        var everything =
                new PolicyGrants(
                        "p", CapabilityGrants.all(), ResourceGrants.of(List.of(NAMESPACE)));
        var operation = Question.ContextObjects.PATH.substring("kubernetes/".length());

        assertThat(
                        capabilities
                                .hostCallsFor(everything)
                                .call(
                                        new HostCall(
                                                "kubewarden", "kubernetes", operation, new byte[0]),
                                        Deadline.in(LONG)))
                .isEqualTo(new HostAnswer.Failure("unknown operation: context_objects"));
    }
}
