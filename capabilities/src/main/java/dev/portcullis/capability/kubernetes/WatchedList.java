package dev.portcullis.capability.kubernetes;

import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.host.Deadline;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One list of objects that is kept up to date by a watch.
 *
 * <p>Starts at once and in the background; those who ask wait for the initial list as long as they
 * can. A list that the API server refuses to give ends, and says so to everyone who waits for it.
 */
final class WatchedList {
    /** The page size of the reference (policy-server §17). */
    private static final long PAGE = 500;

    /** What is listed, and narrowed by what. */
    record Key(
            ApiResource resource,
            @Nullable String namespace,
            @Nullable String labelSelector,
            @Nullable String fieldSelector) {}

    private final Key key;
    private final Duration stale;
    private final RenderedObjects objects;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private final CompletableFuture<Void> started;
    private volatile long usedAt = System.nanoTime();
    private volatile long upToDateAt = System.nanoTime();

    WatchedList(KubernetesClient client, Key key, Duration stale) throws LookupException {
        this.key = key;
        this.stale = stale;
        this.objects =
                new RenderedObjects(key.resource().kind(), client.getKubernetesSerialization());
        this.informer =
                select(client, key)
                        .withLimit(PAGE)
                        .runnableInformer(0)
                        .itemStore(objects)
                        .exceptionHandler((running, failure) -> running && !isRefused(failure));
        this.started = informer.start().toCompletableFuture();
    }

    private static FilterWatchListDeletable<
                    GenericKubernetesResource,
                    GenericKubernetesResourceList,
                    Resource<GenericKubernetesResource>>
            select(KubernetesClient client, Key key) throws LookupException {
        ApiResource resource = key.resource();
        var all =
                client.genericKubernetesResources(
                        new ResourceDefinitionContext.Builder()
                                .withGroup(resource.group())
                                .withVersion(resource.version())
                                .withKind(resource.kind().kind())
                                .withPlural(resource.plural())
                                .withNamespaced(resource.namespaced())
                                .build());
        var selected =
                (key.namespace() == null ? all.inAnyNamespace() : all.inNamespace(key.namespace()))
                        .withNewFilter();
        if (key.labelSelector() != null) {
            selected = selected.withLabelSelector(key.labelSelector());
        }
        if (key.fieldSelector() != null) {
            for (FieldSelector.Term term : FieldSelector.parse(key.fieldSelector()).terms()) {
                selected =
                        term.equal()
                                ? selected.withField(term.field(), term.value())
                                : selected.withoutField(term.field(), term.value());
            }
        }
        return selected.endFilter();
    }

    /** Whether trying again cannot help before someone changes the cluster. */
    private static boolean isRefused(Throwable wrapped) {
        Throwable failure =
                wrapped instanceof CompletionException && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : wrapped;
        if (failure instanceof WatcherException) {
            return true;
        }
        return failure instanceof KubernetesClientException refused
                && refused.getCode() >= 400
                && refused.getCode() < 500
                && refused.getCode() != 410
                && refused.getCode() != 429;
    }

    /** The JSON of what the mask leaves of every object on the list. */
    Collection<byte[]> objects(FieldMask mask, Deadline deadline)
            throws LookupException, InterruptedException {
        awaitStart(deadline);
        return objects.json(mask);
    }

    /** The objects, as far as the watch has brought them; complete once the list has started. */
    RenderedObjects rendered() {
        return objects;
    }

    /** Waits until the list is complete. */
    void awaitStart(Deadline deadline) throws LookupException, InterruptedException {
        try {
            started.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new LookupException.TooLate(
                    "the list of " + key.resource().kind() + " was not complete in time");
        } catch (ExecutionException failed) {
            throw failure(Objects.requireNonNullElse(failed.getCause(), failed));
        }
    }

    private LookupException failure(Throwable cause) {
        String text = "cannot list " + key.resource().kind();
        if (cause instanceof KubernetesClientException refused && refused.getCode() > 0) {
            Status status = refused.getStatus();
            return new LookupException.Refused(
                    refused.getCode(),
                    false,
                    text
                            + ": the Kubernetes API server answered "
                            + refused.getCode()
                            + (status == null || status.getMessage() == null
                                    ? ""
                                    : ": " + status.getMessage()));
        }
        return new LookupException(text, LookupException.unreachable(cause));
    }

    /** Puts off the moment at which the list counts as idle. */
    void use() {
        usedAt = System.nanoTime();
    }

    /** To be called every second or so: tells a broken watch from a working one. */
    void check() {
        if (informer.isWatching()) {
            upToDateAt = System.nanoTime();
        }
    }

    /** Whether the watch has been broken for so long that the objects can no longer be trusted. */
    boolean isOutdated() {
        check();
        return started.isDone() && System.nanoTime() - upToDateAt > stale.toNanos();
    }

    Duration unusedFor() {
        return Duration.ofNanos(System.nanoTime() - usedAt);
    }

    long bytes() {
        return objects.bytes();
    }

    /** Runs once the list has ended, by itself or through {@link #close}. */
    void onEnd(Runnable action) {
        var _ = started.whenComplete((_, failure) -> runIfFailed(failure, action));
        var _ = informer.stopped().whenComplete((_, _) -> action.run());
    }

    private static void runIfFailed(@Nullable Throwable failure, Runnable action) {
        if (failure != null) {
            action.run();
        }
    }

    void close() {
        informer.stop();
    }
}
