package dev.portcullis.capability.kubernetes;

import static dev.portcullis.capability.kubernetes.FakeApiServer.object;
import static dev.portcullis.capability.kubernetes.FakeApiServer.resource;
import static dev.portcullis.capability.kubernetes.FakeApiServer.resources;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.capability.question.Question;
import dev.portcullis.capability.question.Question.CanI;
import dev.portcullis.capability.question.Question.GetResource;
import dev.portcullis.capability.question.Question.ListResourcesAll;
import dev.portcullis.capability.question.Question.ListResourcesByNamespace;
import dev.portcullis.capability.question.Question.Selectors;
import dev.portcullis.host.Deadline;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** guest-abi §8.9–8.12, §10 and policy-server §17 against a fake API server. */
final class KubernetesAnswersTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final ResourceKind POD = new ResourceKind("v1", "Pod");
    private static final ResourceKind NAMESPACE = new ResourceKind("v1", "Namespace");
    private static final ResourceKind WIDGET = new ResourceKind("example.com/v1", "Widget");
    private static final Selectors ALL = new Selectors(null, null);
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String NGINX = PODS + "/nginx";
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    @TempDir Path folder;
    private final FakeApiServer server = new FakeApiServer();
    private final AtomicLong clock = new AtomicLong();
    private KubernetesConnection connection;
    private KubernetesAnswers answers;

    @BeforeEach
    void connect() throws Exception {
        connection = server.connect(folder);
        answers = new KubernetesAnswers(connection, KubernetesOptions.DEFAULT, clock::get);
    }

    private void use(KubernetesOptions options) {
        answers.close();
        answers = new KubernetesAnswers(connection, options, clock::get);
    }

    @AfterEach
    void close() {
        answers.close();
        connection.close();
        server.close();
    }

    private String ask(Question question, Duration time) {
        try {
            return new String(answers.answer(question, Deadline.in(time)), StandardCharsets.UTF_8);
        } catch (LookupException failed) {
            return "failed: " + failed.chain();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private String ask(Question question) {
        return ask(question, LONG);
    }

    private static GetResource get(ResourceKind kind, @Nullable String namespace, String name) {
        return new GetResource(kind, name, namespace, false, FieldMask.NONE);
    }

    private static GetResource getFresh(ResourceKind kind, String namespace, String name) {
        return new GetResource(kind, name, namespace, true, FieldMask.NONE);
    }

    private static ListResourcesByNamespace list(ResourceKind kind, String namespace) {
        return new ListResourcesByNamespace(kind, namespace, ALL, FieldMask.NONE);
    }

    private static List<String> names(String list) {
        var names = new ArrayList<String>();
        for (Object item : new JsonObject(list).getJsonArray("items")) {
            names.add(((JsonObject) item).getJsonObject("metadata").getString("name"));
        }
        return names;
    }

    /** So that the kind of pods is known. */
    private void warmUp() {
        server.json(PODS + "/warm-up", new JsonObject());
        ask(get(POD, "default", "warm-up"));
    }

    // get_resource

    @Test
    void anObjectIsAnsweredByteForByte() {
        server.raw(NGINX, 200, Buffer.buffer("{ \"b\": 1.50, \"a\": null, \"big\": 1e400 }"));

        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo("{ \"b\": 1.50, \"a\": null, \"big\": 1e400 }");
    }

    @Test
    void anAbsentObjectIsNamed() {
        server.refuse(NGINX, 404, "pods \"nginx\" not found");
        server.refuse("/api/v1/namespaces/nope", 404, "namespaces \"nope\" not found");

        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo(
                        "failed: Cannot find v1/Pod named 'nginx' inside of namespace"
                                + " 'Some(\"default\")'");
        assertThat(ask(get(NAMESPACE, null, "nope")))
                .isEqualTo(
                        "failed: Cannot find v1/Namespace named 'nope' inside of namespace 'None'");
    }

    @Test
    void aNamespacedKindNeedsANamespace() {
        assertThat(ask(get(POD, null, "nginx")))
                .isEqualTo("failed: Resource v1/Pod is namespaced, but no namespace was provided");
    }

    @Test
    void theNamespaceOfAClusterWideKindIsIgnored() {
        server.json("/api/v1/namespaces/default", JsonObject.of("x", 1));

        assertThat(ask(get(NAMESPACE, "other", "default"))).isEqualTo("{\"x\":1}");
    }

    @Test
    void anUnknownKindIsNamed() {
        assertThat(ask(get(new ResourceKind("v1", "Nope"), "default", "x")))
                .isEqualTo("failed: Cannot find resource v1/Nope");
        assertThat(ask(get(new ResourceKind("nope/v1", "Pod"), "default", "x")))
                .isEqualTo("failed: Cannot find resource nope/v1/Pod");
        assertThat(ask(get(new ResourceKind("../v1", "Pod"), "default", "x")))
                .isEqualTo("failed: Cannot find resource ../v1/Pod");
        assertThat(ask(get(new ResourceKind("a/b/c", "Pod"), "default", "x")))
                .isEqualTo("failed: Cannot find resource a/b/c/Pod");
    }

    @Test
    void aSubresourceIsNoKindToLookUp() {
        assertThat(ask(get(new ResourceKind("v1", "Eviction"), "default", "x")))
                .isEqualTo("failed: Cannot find resource v1/Eviction");
    }

    @Test
    void aKindThatIsInstalledLaterIsFoundThen() {
        assertThat(ask(get(WIDGET, "default", "w")))
                .isEqualTo("failed: Cannot find resource example.com/v1/Widget");

        server.json("/apis/example.com/v1", resources(resource("widgets", "Widget", true)));
        server.json("/apis/example.com/v1/namespaces/default/widgets/w", JsonObject.of("w", 1));

        assertThat(ask(get(WIDGET, "default", "w"))).isEqualTo("{\"w\":1}");
    }

    @Test
    void aKindThatWasInstalledAgainInAnotherScopeIsFoundAgain() {
        server.json("/apis/example.com/v1", resources(resource("widgets", "Widget", true)));
        server.json("/apis/example.com/v1/namespaces/default/widgets/w", JsonObject.of("w", 1));
        ask(get(WIDGET, "default", "w"));

        server.remove("/apis/example.com/v1/namespaces/default/widgets/w");
        server.json("/apis/example.com/v1", resources(resource("widgets", "Widget", false)));
        server.json("/apis/example.com/v1/widgets/w", JsonObject.of("w", 2));

        assertThat(ask(getFresh(WIDGET, "default", "w"))).startsWith("failed: Cannot find");
        assertThat(ask(getFresh(WIDGET, "default", "w"))).isEqualTo("{\"w\":2}");
    }

    @Test
    void discoveryIsAskedOnce() {
        server.json(NGINX, new JsonObject());
        for (int i = 0; i < 3; i++) {
            ask(getFresh(POD, "default", "nginx"));
        }

        assertThat(server.count("GET /api/v1")).isEqualTo(1);
        assertThat(server.count("GET " + NGINX)).isEqualTo(3);
    }

    @Test
    void aRefusalIsPassedOn() {
        server.refuse(NGINX, 403, "pods \"nginx\" is forbidden");

        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo(
                        "failed: cannot get v1/Pod named 'nginx' inside of namespace"
                                + " 'Some(\"default\")': the Kubernetes API server answered 403:"
                                + " pods \"nginx\" is forbidden");
    }

    @Test
    void aRefusedDiscoveryIsPassedOn() {
        server.refuse("/api/v1", 403, "no");

        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo(
                        "failed: cannot discover v1/Pod: the Kubernetes API server answered 403:"
                                + " no");
    }

    @Test
    void namesAreQuoted() {
        server.json(
                "/apis/rbac.authorization.k8s.io/v1",
                resources(resource("clusterroles", "ClusterRole", false)));

        ask(
                get(
                        new ResourceKind("rbac.authorization.k8s.io/v1", "ClusterRole"),
                        null,
                        "a b?c=d#e:f"));

        assertThat(server.requests())
                .last()
                .isEqualTo(
                        "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/a%20b%3Fc%3Dd%23e%3Af");
    }

    @Test
    void anObjectIsRememberedForFiveSeconds() {
        server.json(NGINX, JsonObject.of("v", 1));
        ask(get(POD, "default", "nginx"));
        server.json(NGINX, JsonObject.of("v", 2));

        clock.addAndGet(Duration.ofMillis(4_900).toNanos());
        assertThat(ask(get(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");
        clock.addAndGet(Duration.ofMillis(200).toNanos());
        assertThat(ask(get(POD, "default", "nginx"))).isEqualTo("{\"v\":2}");
        assertThat(answers.usage().objectCacheHits()).isEqualTo(1);
        assertThat(answers.usage().objectCacheMisses()).isEqualTo(2);
    }

    @Test
    void disablingTheCacheAsksAgain() {
        server.json(NGINX, JsonObject.of("v", 1));
        ask(get(POD, "default", "nginx"));
        server.json(NGINX, JsonObject.of("v", 2));

        assertThat(ask(getFresh(POD, "default", "nginx"))).isEqualTo("{\"v\":2}");
    }

    @Test
    void failuresAreNotRemembered() {
        server.refuse(NGINX, 404, "not found");
        ask(get(POD, "default", "nginx"));
        server.json(NGINX, JsonObject.of("v", 1));

        assertThat(ask(get(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");
    }

    @Test
    void theMaskIsAppliedAfterTheCache() {
        server.json(NGINX, new JsonObject("{\"kind\":\"Pod\",\"a\":{\"b\":1,\"c\":2}}"));
        var masked = new GetResource(POD, "nginx", "default", false, FieldMask.of(List.of("a.b")));

        assertThat(ask(masked)).isEqualTo("{\"kind\":\"Pod\",\"a\":{\"b\":1}}");
        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo("{\"kind\":\"Pod\",\"a\":{\"b\":1,\"c\":2}}");
        assertThat(server.count("GET " + NGINX)).isEqualTo(1);
    }

    @Test
    void whoeverChangesAnAnswerChangesNoOtherOne() throws Exception {
        server.json(NGINX, JsonObject.of("v", 1));

        answers.answer(get(POD, "default", "nginx"), Deadline.in(LONG))[0] = 'X';

        assertThat(ask(get(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");
    }

    @Test
    void thoseWhoWantTheSameObjectShareOneRequestAndHoldUpNoOtherKey() throws Exception {
        server.json(PODS + "/other", JsonObject.of("v", 2));
        ask(get(POD, "default", "other"));
        var arrived = new CountDownLatch(1);
        var release = new CompletableFuture<Void>();
        server.on(
                NGINX,
                request -> {
                    arrived.countDown();
                    var _ = release.thenRun(() -> request.response().end("{\"v\":1}"));
                });
        try (var guests = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = guests.submit(() -> ask(get(POD, "default", "nginx")));
            arrived.await();
            var others = new ArrayList<Future<String>>();
            for (int i = 0; i < 10; i++) {
                others.add(guests.submit(() -> ask(get(POD, "default", "nginx"))));
            }

            assertThat(ask(getFresh(POD, "default", "other"))).isEqualTo("{\"v\":2}");

            await().until(() -> answers.usage().objectCacheMisses() == 12);
            release.complete(null);
            assertThat(first.get()).isEqualTo("{\"v\":1}");
            for (var other : others) {
                assertThat(other.get()).isEqualTo("{\"v\":1}");
            }
        }
        assertThat(server.count("GET " + NGINX)).isEqualTo(1);
    }

    @Test
    void whoHasMoreTimeThanTheOneWhoFetchesFetchesAgain() throws Exception {
        warmUp();
        var requests = new AtomicInteger();
        server.on(
                NGINX,
                request -> {
                    if (requests.incrementAndGet() > 1) {
                        request.response().end("{\"v\":1}");
                    }
                });
        try (var guests = Executors.newVirtualThreadPerTaskExecutor()) {
            var hasty =
                    guests.submit(() -> ask(get(POD, "default", "nginx"), Duration.ofSeconds(1)));
            await().until(() -> requests.get() == 1);
            var patient = guests.submit(() -> ask(get(POD, "default", "nginx")));

            assertThat(hasty.get())
                    .isEqualTo("failed: the Kubernetes API server did not answer in time");
            assertThat(patient.get()).isEqualTo("{\"v\":1}");
        }
    }

    @Test
    void aSlowServerIsGivenUpInTimeAlsoInTheMiddleOfAnAnswer() {
        warmUp();
        server.on(NGINX, request -> request.response().setChunked(true).write("{"));

        long begin = System.nanoTime();
        assertThat(ask(get(POD, "default", "nginx"), Duration.ofMillis(500)))
                .isEqualTo("failed: the Kubernetes API server did not answer in time");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
    }

    @Test
    void aServerThatIsGoneFailsTheQuestionAndItsReturnIsNoticed() {
        server.json(NGINX, JsonObject.of("v", 1));
        assertThat(ask(getFresh(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");

        server.stop();
        assertThat(ask(getFresh(POD, "default", "nginx")))
                .isEqualTo("failed: cannot connect to the Kubernetes API server");
        server.restart();

        assertThat(ask(getFresh(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");
    }

    @Test
    void aBusyServerIsAskedAgain() {
        var requests = new AtomicInteger();
        server.on(
                NGINX,
                request -> {
                    if (requests.incrementAndGet() < 3) {
                        request.response().setStatusCode(503).end();
                    } else {
                        request.response().end("{\"v\":1}");
                    }
                });

        assertThat(ask(get(POD, "default", "nginx"))).isEqualTo("{\"v\":1}");
    }

    @Test
    void anAnswerBeyondTheBoundIsNotRead() {
        use(
                new KubernetesOptions(
                        Duration.ofSeconds(5),
                        1 << 20,
                        1_000,
                        10,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1)));
        server.json(NGINX, JsonObject.of("v", "x".repeat(2_000)));

        assertThat(ask(get(POD, "default", "nginx")))
                .contains("the answer of the Kubernetes API server is longer than 1000 bytes");
    }

    @Test
    void nonsenseIsNoObject() {
        server.raw(NGINX, 200, Buffer.buffer("<html>"));
        assertThat(ask(get(POD, "default", "nginx")))
                .startsWith("failed: the Kubernetes API server sent invalid JSON");
        server.raw(NGINX, 200, Buffer.buffer("[]"));
        assertThat(ask(get(POD, "default", "nginx")))
                .isEqualTo("failed: the Kubernetes API server sent something else than an object");
    }

    // list_resources_by_namespace, list_resources_all

    @Test
    void aListHasTheShapeOfTheReference() {
        JsonObject pod = object("default", "nginx");
        pod.getJsonObject("metadata")
                .put("managedFields", new JsonArray().add(JsonObject.of("manager", "kubectl")))
                .put(
                        "annotations",
                        JsonObject.of(
                                "kubectl.kubernetes.io/last-applied-configuration",
                                "{}",
                                "a",
                                "b"));
        pod.put("spec", JsonObject.of("nothing", null, "list", new JsonArray()));
        server.list(PODS, List.of(pod));

        assertThat(new JsonObject(ask(list(POD, "default"))))
                .isEqualTo(
                        new JsonObject(
                                """
                                {"apiVersion":"v1","kind":"PodList","metadata":{},"items":[
                                 {"apiVersion":"v1","kind":"Pod",
                                  "metadata":{"name":"nginx","namespace":"default",
                                   "resourceVersion":"1","managedFields":[],
                                   "annotations":{"a":"b"}},
                                  "spec":{"nothing":null,"list":[]}}]}
                                """));
    }

    @Test
    void anEmptyListIsAList() {
        server.list(PODS, List.of());

        assertThat(ask(list(POD, "default")))
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"metadata\":{},\"items\":[]}");
    }

    @Test
    void anObjectWithoutAnnotationsGetsEmptyOnes() {
        server.list(PODS, List.of(object("default", "nginx")));

        assertThat(ask(list(POD, "default"))).contains("\"annotations\":{}");
    }

    @Test
    void masksAreAppliedToEachItemAndShareTheList() {
        server.list(
                PODS,
                List.of(object("default", "nginx").put("spec", JsonObject.of("a", 1, "b", 2))));
        var masked =
                new ListResourcesByNamespace(POD, "default", ALL, FieldMask.of(List.of("spec.a")));

        assertThat(ask(masked)).contains("\"spec\":{\"a\":1}}").contains("\"managedFields\":[]");
        assertThat(ask(list(POD, "default"))).contains("\"spec\":{\"a\":1,\"b\":2}");
        assertThat(answers.usage().watches()).isEqualTo(1);
    }

    @Test
    void aClusterWideKindHasNoListByNamespace() {
        assertThat(ask(list(NAMESPACE, "default")))
                .isEqualTo(
                        "failed: resource v1/Namespace is cluster wide. Cannot search for it inside"
                                + " of a namespace");
    }

    @Test
    void everythingIsListedForClusterWideAndNamespacedKinds() {
        server.list(
                "/api/v1/namespaces", List.of(object("", "default"), object("", "kube-system")));
        server.list("/api/v1/pods", List.of(object("a", "same"), object("b", "same")));

        assertThat(names(ask(new ListResourcesAll(NAMESPACE, ALL, FieldMask.NONE))))
                .containsExactlyInAnyOrder("default", "kube-system");
        assertThat(names(ask(new ListResourcesAll(POD, ALL, FieldMask.NONE))))
                .containsExactly("same", "same");
    }

    @Test
    void aLongListComesInPages() {
        var pods = new ArrayList<JsonObject>();
        for (int i = 0; i < 1_200; i++) {
            pods.add(object("default", "pod-" + i));
        }
        server.list(PODS, pods);

        assertThat(names(ask(list(POD, "default")))).hasSize(1_200).doesNotHaveDuplicates();
        assertThat(server.requests())
                .contains(
                        "GET " + PODS + "?limit=500",
                        "GET " + PODS + "?continue=500&limit=500",
                        "GET " + PODS + "?continue=1000&limit=500");
    }

    @Test
    void selectorsReachTheServerAsTheyAre() {
        server.list(PODS, List.of());

        ask(
                new ListResourcesByNamespace(
                        POD,
                        "default",
                        new Selectors(
                                "app in (a, b),!legacy&limit=1",
                                "status.phase=Running,spec.nodeName!=n"),
                        FieldMask.NONE));

        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("GET " + PODS))
                .singleElement()
                .asString()
                .contains("labelSelector=app%20in%20%28a%2C%20b%29%2C%21legacy%26limit%3D1")
                .contains("fieldSelector=status.phase%3DRunning%2Cspec.nodeName%21%3Dn");
    }

    @Test
    void anInvalidFieldSelectorIsRefused() {
        assertThat(
                        ask(
                                new ListResourcesByNamespace(
                                        POD,
                                        "default",
                                        new Selectors(null, "nonsense"),
                                        FieldMask.NONE)))
                .isEqualTo(
                        "failed: invalid field selector 'nonsense': 'nonsense' is not of the form"
                                + " <field>=<value> or <field>!=<value>");
        assertThat(answers.usage().watches()).isZero();
    }

    @Test
    void aListIsFetchedOnceAndThenFollowed() {
        server.list(PODS, List.of(object("default", "a")));
        assertThat(names(ask(list(POD, "default")))).containsExactly("a");
        await().until(() -> server.watches() == 1);

        server.emit("ADDED", typed(object("default", "b")));
        await().until(() -> names(ask(list(POD, "default"))).size() == 2);
        server.emit("MODIFIED", typed(object("default", "a").put("spec", JsonObject.of("x", 1))));
        await().until(() -> ask(list(POD, "default")).contains("\"spec\":{\"x\":1}"));
        server.emit("DELETED", typed(object("default", "a")));
        await().until(() -> names(ask(list(POD, "default"))).equals(List.of("b")));

        assertThat(server.count("GET " + PODS + "?limit=500")).isEqualTo(1);
        assertThat(answers.usage().watches()).isEqualTo(1);
        assertThat(answers.usage().watchedBytes()).isPositive();
    }

    private static JsonObject typed(JsonObject pod) {
        return pod.put("apiVersion", "v1").put("kind", "Pod");
    }

    @Test
    void aWatchWhoseVersionIsGoneStartsOver() {
        server.list(PODS, List.of(object("default", "old")));
        ask(list(POD, "default"));
        await().until(() -> server.watches() == 1);

        server.list(PODS, List.of(object("default", "new")));
        server.emit("ERROR", FakeApiServer.status(410, "too old resource version"));

        await().until(() -> names(ask(list(POD, "default"))).equals(List.of("new")));
    }

    @Test
    void aListThatIsForbiddenLaterEndsAndSaysSo() {
        server.list(PODS, List.of(object("default", "a")));
        ask(list(POD, "default"));
        await().until(() -> server.watches() == 1);

        server.refuse(PODS, 403, "no more");
        server.emit("ERROR", FakeApiServer.status(410, "too old resource version"));

        await().until(() ->
                ask(list(POD, "default"))
                        .equals(
                                "failed: cannot list v1/Pod: the Kubernetes API"
                                        + " server answered 403: no more"));
    }

    @Test
    void aForbiddenListFailsAtOnceAndIsTriedAgain() {
        server.refuse(PODS, 403, "pods is forbidden");
        assertThat(ask(list(POD, "default")))
                .isEqualTo(
                        "failed: cannot list v1/Pod: the Kubernetes API server answered 403: pods"
                                + " is forbidden");
        await().until(() -> answers.usage().watches() == 0);

        server.list(PODS, List.of(object("default", "a")));
        assertThat(names(ask(list(POD, "default")))).containsExactly("a");
    }

    @Test
    void aSlowListFailsInTimeAndIsThereForTheNextQuestion() {
        warmUp();
        server.list(PODS, List.of(object("default", "a")));
        server.delay(Duration.ofSeconds(1));

        assertThat(ask(list(POD, "default"), Duration.ofMillis(200)))
                .isEqualTo("failed: the list of v1/Pod was not complete in time");
        assertThat(names(ask(list(POD, "default")))).containsExactly("a");
        assertThat(server.count("GET " + PODS + "?limit=500")).isEqualTo(1);
    }

    @Test
    void aServerThatIsGoneFailsTheListAndItsReturnIsNoticed() {
        warmUp();
        server.list(PODS, List.of(object("default", "a")));
        server.stop();

        assertThat(ask(list(POD, "default")))
                .isEqualTo(
                        "failed: cannot list v1/Pod: cannot connect to the Kubernetes API server");
        server.restart();

        await().until(() -> ask(list(POD, "default")).contains("\"a\""));
    }

    @Test
    void aListThatLostItsWatchIsServedForAWhileAndThenMadeAnew() {
        use(
                new KubernetesOptions(
                        Duration.ofSeconds(5),
                        1 << 20,
                        1 << 20,
                        10,
                        Duration.ofMinutes(1),
                        Duration.ofMillis(300)));
        server.list(PODS, List.of(object("default", "a")));
        assertThat(names(ask(list(POD, "default")))).containsExactly("a");

        server.stop();
        await().until(() -> ask(list(POD, "default")).startsWith("failed: cannot list v1/Pod: "));
        server.list(PODS, List.of(object("default", "b")));
        server.restart();

        assertThat(names(ask(list(POD, "default")))).containsExactly("b");
    }

    @Test
    void anIdleListIsGivenUp() {
        use(
                new KubernetesOptions(
                        Duration.ofSeconds(5),
                        1 << 20,
                        1 << 20,
                        10,
                        Duration.ofMillis(1),
                        Duration.ofMinutes(1)));
        server.list(PODS, List.of());
        ask(list(POD, "default"));
        await().until(() -> server.watches() == 1);

        await().until(() -> {
            answers.sweep();
            return answers.usage().watches() == 0 && server.watches() == 0;
        });
    }

    @Test
    void listsBeyondTheBoundAreRefused() {
        use(
                new KubernetesOptions(
                        Duration.ofSeconds(5),
                        1 << 20,
                        1 << 20,
                        1,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(1)));
        server.list(PODS, List.of());
        ask(list(POD, "default"));

        assertThat(ask(list(POD, "other")))
                .isEqualTo("failed: too many different lists are in use, the bound is 1");
        assertThat(ask(list(POD, "default"))).contains("\"items\":[]");
    }

    // can_i

    private static CanI canI(boolean fresh) {
        return new CanI("me", List.of("g"), Map.of("verb", "get", "resource", "pods"), fresh);
    }

    @Test
    void aPermissionIsReviewedByTheServer() {
        var review = new CompletableFuture<JsonObject>();
        server.on(
                REVIEWS,
                request ->
                        request.bodyHandler(body -> {
                            review.complete(body.toJsonObject());
                            request.response()
                                    .setStatusCode(201)
                                    .end(
                                            """
                                            {"kind":"SubjectAccessReview","spec":{},"status":
                                             {"allowed":false,"denied":true,"reason":"r",
                                              "evaluationError":"e","more":1}}
                                            """);
                        }));

        assertThat(ask(canI(false)))
                .isEqualTo(
                        "{\"allowed\":false,\"denied\":true,\"reason\":\"r\",\"evaluationError\":\"e\"}");
        assertThat(review.join())
                .isEqualTo(
                        new JsonObject(
                                """
                                {"apiVersion":"authorization.k8s.io/v1",
                                 "kind":"SubjectAccessReview",
                                 "spec":{"user":"me","groups":["g"],
                                  "resourceAttributes":{"verb":"get","resource":"pods"}}}
                                """));
    }

    @Test
    void aPermissionIsRememberedForFiveSecondsUnlessTheCacheIsDisabled() {
        server.json(REVIEWS, new JsonObject("{\"status\":{\"allowed\":true}}"));
        ask(canI(false));
        server.json(REVIEWS, new JsonObject("{\"status\":{\"allowed\":false}}"));

        assertThat(ask(canI(false))).isEqualTo("{\"allowed\":true}");
        assertThat(ask(canI(true))).isEqualTo("{\"allowed\":false}");
        clock.addAndGet(Duration.ofMillis(5_100).toNanos());
        assertThat(ask(canI(false))).isEqualTo("{\"allowed\":false}");
        assertThat(answers.usage().reviewCacheHits()).isEqualTo(1);
        assertThat(answers.usage().reviewCacheMisses()).isEqualTo(2);
    }

    @Test
    void aReviewWithoutVerdictIsNoPermission() {
        server.json(REVIEWS, new JsonObject("{\"status\":{}}"));
        assertThat(ask(canI(false)))
                .isEqualTo(
                        "failed: the Kubernetes API server answered a SubjectAccessReview without a"
                                + " verdict");
        server.refuse(REVIEWS, 403, "no");
        assertThat(ask(canI(false)))
                .isEqualTo(
                        "failed: cannot create a SubjectAccessReview: the Kubernetes API server"
                                + " answered 403: no");
    }

    @Test
    void connectionsAreUsedAgain() {
        var connections = ConcurrentHashMap.<Integer>newKeySet();
        server.on(
                NGINX,
                request -> {
                    connections.add(request.connection().remoteAddress().port());
                    request.response().end("{}");
                });
        for (int i = 0; i < 20; i++) {
            ask(getFresh(POD, "default", "nginx"));
        }

        assertThat(connections).hasSize(1);
    }
}
