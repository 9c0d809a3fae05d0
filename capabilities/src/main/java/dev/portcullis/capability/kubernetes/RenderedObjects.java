package dev.portcullis.capability.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.FieldMask;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one watched list, each as the JSON that guests get: without managed fields and
 * last-applied configuration (policy-server §17).
 *
 * <p>The informer gets back objects with nothing but their identity and version, which is all that
 * it looks at.
 */
final class RenderedObjects implements ItemStore<GenericKubernetesResource> {
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final ObjectMapper JSON = new ObjectMapper();

    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Masked(FieldMask mask, byte[] json) {}

    /** One object; remembers what the latest mask left of it, as policies rarely change theirs. */
    private static final class Rendered {
        private final GenericKubernetesResource identity;
        private final byte[] json;
        private volatile Masked masked;

        Rendered(GenericKubernetesResource identity, byte[] json) {
            this.identity = identity;
            this.json = json;
            this.masked = new Masked(FieldMask.NONE, json);
        }

        byte[] json(FieldMask mask) {
            Masked known = masked;
            if (known.mask().equals(mask)) {
                return known.json();
            }
            if (mask.keepsEverything()) {
                return json;
            }
            try {
                byte[] pruned =
                        JSON.writeValueAsBytes(mask.prune((ObjectNode) JSON.readTree(json)));
                masked = new Masked(mask, pruned);
                return pruned;
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    private final ResourceKind kind;
    private final KubernetesSerialization serialization;
    private final ConcurrentMap<String, Rendered> objects = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong version = new AtomicLong();

    RenderedObjects(ResourceKind kind, KubernetesSerialization serialization) {
        this.kind = kind;
        this.serialization = serialization;
    }

    /** The JSON of what the mask leaves of every object, in no order; not to be changed. */
    Collection<byte[]> json(FieldMask mask) {
        return objects.values().stream().map(object -> object.json(mask)).toList();
    }

    /** One object of the list. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Listed(@Nullable String namespace, String name, byte[] json) {}

    /** Every object as a whole, in no order; the bytes are not to be changed. */
    Collection<Listed> listed() {
        return objects.values().stream()
                .map(object ->
                        new Listed(
                                object.identity.getMetadata().getNamespace(),
                                object.identity.getMetadata().getName(),
                                object.json))
                .toList();
    }

    /** Grows with every change; whoever reads it before the objects misses none. */
    long version() {
        return version.get();
    }

    /** The size of all objects as JSON. */
    long bytes() {
        return bytes.get();
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return Cache.metaNamespaceKeyFunc(object);
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        byte[] json = render(object);
        bytes.addAndGet(json.length);
        var before = objects.put(key, new Rendered(identity(object), json));
        version.incrementAndGet();
        return forget(before);
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        var before = objects.remove(key);
        version.incrementAndGet();
        return forget(before);
    }

    private @Nullable GenericKubernetesResource forget(@Nullable Rendered gone) {
        if (gone == null) {
            return null;
        }
        bytes.addAndGet(-gone.json.length);
        return gone.identity;
    }

    @Override
    public Stream<String> keySet() {
        return objects.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return objects.values().stream().map(object -> object.identity);
    }

    @Override
    public int size() {
        return objects.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        Rendered known = objects.get(key);
        return known == null ? null : known.identity;
    }

    private byte[] render(GenericKubernetesResource object) {
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(serialization.asJson(object));
            // The items of a list come without these two, unlike those of a watch.
            if (!tree.hasNonNull("apiVersion")) {
                tree.put("apiVersion", kind.apiVersion());
            }
            if (!tree.hasNonNull("kind")) {
                tree.put("kind", kind.kind());
            }
            ObjectNode metadata = tree.withObjectProperty("metadata");
            metadata.putArray("managedFields");
            metadata.withObjectProperty("annotations").remove(LAST_APPLIED);
            return JSON.writeValueAsBytes(tree);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static GenericKubernetesResource identity(GenericKubernetesResource object) {
        ObjectMeta metadata = object.getMetadata();
        var identity = new GenericKubernetesResource();
        identity.setApiVersion(object.getApiVersion());
        identity.setKind(object.getKind());
        identity.setMetadata(
                new ObjectMetaBuilder()
                        .withName(metadata.getName())
                        .withNamespace(metadata.getNamespace())
                        .withUid(metadata.getUid())
                        .withResourceVersion(metadata.getResourceVersion())
                        .build());
        return identity;
    }
}
