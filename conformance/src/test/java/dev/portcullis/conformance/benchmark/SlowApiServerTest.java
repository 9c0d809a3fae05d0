package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlowApiServerTest {
    private static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private SlowApiServer server;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server = SlowApiServer.start();
        var kubeconfig = server.kubeconfig(folder.resolve("kubeconfig"));
        client =
                new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                        .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void itsObjectsAreFoundByNameAndInLists() {
        assertThat(client.namespaces().withName("painters").get().getMetadata().getLabels())
                .containsEntry("customer-id", "vermeer");
        assertThat(client.namespaces().withName("sculptors").get()).isNull();
        assertThat(client.namespaces().list().getItems()).hasSize(1);
        assertThat(client.namespaces().withoutField("metadata.name", "painters").list().getItems())
                .isEmpty();
        assertThat(client.services().inNamespace("painters").list().getItems())
                .singleElement()
                .extracting(service -> service.getSpec().getPorts().getFirst().getPort())
                .isEqualTo(443);
    }

    @Test
    void anInformerSyncsAndGoesOnWatching() {
        try (var informer = client.services().inNamespace("painters").inform()) {
            await().atMost(BOUND).until(informer::hasSynced);
            assertThat(informer.getStore().list()).hasSize(1);
            assertThat(informer.isWatching()).isTrue();
        }
    }

    @Test
    void lookupsThatWaitAtOnceAreCounted() {
        server.slowDown(Duration.ZERO);
        may("user-before");
        server.slowDown(Duration.ofMillis(300));
        assertThat(server.lookups()).isEqualTo(new SlowApiServer.Lookups(0, 0, 0, Duration.ZERO));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers =
                    IntStream.range(0, 40)
                            .mapToObj(i -> threads.submit(() -> may("user-" + i % 10)))
                            .toList();
            assertThat(answers)
                    .allSatisfy(
                            answer -> assertThat(answer.get().getStatus().getAllowed()).isTrue());
        }
        var lookups = server.lookups();
        assertThat(lookups.total()).isEqualTo(40);
        assertThat(lookups.users()).isEqualTo(10);
        assertThat(lookups.last()).isPositive();
        assertThat(lookups.mostAtOnce()).isBetween(2, 40);
    }

    private SubjectAccessReview may(String user) {
        return client.resource(
                        new SubjectAccessReviewBuilder()
                                .withNewSpec()
                                .withUser(user)
                                .withNewResourceAttributes()
                                .withVerb("get")
                                .withResource("secrets")
                                .endResourceAttributes()
                                .endSpec()
                                .build())
                .create();
    }
}
