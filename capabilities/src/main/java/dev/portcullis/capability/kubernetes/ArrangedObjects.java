package dev.portcullis.capability.kubernetes;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.portcullis.host.ContextData;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whole lists of objects, arranged as Rego policies get them (guest-abi §5.2). What was written is
 * kept until one of its lists changes.
 */
final class ArrangedObjects {
    /** Policies differ in few ways in what they were granted. */
    private static final int KEPT = 64;

    private static final Duration KEPT_FOR = Duration.ofMinutes(10);
    private static final long LONGEST = Integer.MAX_VALUE - 1024;

    private record Key(List<ApiResource> resources, ContextData.Form form) {}

    /** The JSON and what it was made of: these lists, at these versions. */
    private static final class Written {
        private List<RenderedObjects> lists = List.of();
        private List<Long> versions = List.of();
        private byte @Nullable [] json;
    }

    private final Cache<Key, Written> written =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterAccess(KEPT_FOR).build();

    /** The objects of these lists as JSON; not to be changed. */
    byte[] json(SortedMap<ApiResource, RenderedObjects> lists, ContextData.Form form)
            throws LookupException {
        var key = new Key(List.copyOf(lists.keySet()), form);
        var known = Objects.requireNonNull(written.get(key, _ -> new Written()));
        synchronized (known) {
            var current = List.copyOf(lists.values());
            // Before the objects: a change in between makes the next question write anew.
            var versions = current.stream().map(RenderedObjects::version).toList();
            var json = known.json;
            if (json == null || !known.lists.equals(current) || !known.versions.equals(versions)) {
                json =
                        switch (form) {
                            case BY_PLURAL -> byPlural(lists);
                            case INVENTORY -> inventory(lists);
                        };
                known.lists = current;
                known.versions = versions;
                known.json = json;
            }
            return json;
        }
    }

    /** An object of objects, down to the objects of the cluster. */
    private static final class Tree {
        private final SortedMap<String, Object> children = new TreeMap<>();

        void put(byte[] json, String... path) {
            Tree at = this;
            for (int i = 0; i < path.length - 1; i++) {
                at = at.child(path[i]);
            }
            at.children.put(path[path.length - 1], json);
        }

        Tree child(String name) {
            return (Tree) children.computeIfAbsent(name, _ -> new Tree());
        }

        long size() {
            long size = 2;
            for (Map.Entry<String, Object> entry : children.entrySet()) {
                size += 4L + 6L * entry.getKey().length();
                size +=
                        entry.getValue() instanceof Tree tree
                                ? tree.size()
                                : ((byte[]) entry.getValue()).length;
            }
            return size;
        }

        void write(ByteArrayOutputStream out) {
            out.write('{');
            boolean first = true;
            for (Map.Entry<String, Object> entry : children.entrySet()) {
                if (!first) {
                    out.write(',');
                }
                first = false;
                var name =
                        new String(JsonStringEncoder.getInstance().quoteAsString(entry.getKey()));
                out.writeBytes(("\"" + name + "\":").getBytes(StandardCharsets.UTF_8));
                if (entry.getValue() instanceof Tree tree) {
                    tree.write(out);
                } else {
                    out.writeBytes((byte[]) entry.getValue());
                }
            }
            out.write('}');
        }
    }

    private static byte[] byPlural(SortedMap<ApiResource, RenderedObjects> lists)
            throws LookupException {
        var root = new Tree();
        var scopes = new ArrayList<ApiResource>();
        for (Map.Entry<ApiResource, RenderedObjects> list : lists.entrySet()) {
            ApiResource resource = list.getKey();
            for (ApiResource other : scopes) {
                if (other.plural().equals(resource.plural())
                        && other.namespaced() != resource.namespaced()) {
                    throw new LookupException(
                            other.kind()
                                    + " and "
                                    + resource.kind()
                                    + " are both called '"
                                    + resource.plural()
                                    + "', but only one of them lives in namespaces: a policy can"
                                    + " be granted one of them");
                }
            }
            scopes.add(resource);
            root.child(resource.plural());
            for (RenderedObjects.Listed object : list.getValue().listed()) {
                if (object.namespace() == null) {
                    root.put(object.json(), resource.plural(), object.name());
                } else {
                    root.put(object.json(), resource.plural(), object.namespace(), object.name());
                }
            }
        }
        return bytes(root);
    }

    private static byte[] inventory(SortedMap<ApiResource, RenderedObjects> lists)
            throws LookupException {
        var root = new Tree();
        root.child("cluster");
        root.child("namespace");
        for (Map.Entry<ApiResource, RenderedObjects> list : lists.entrySet()) {
            var version = list.getKey().kind().apiVersion();
            var kind = list.getKey().kind().kind();
            for (RenderedObjects.Listed object : list.getValue().listed()) {
                if (object.namespace() == null) {
                    root.put(object.json(), "cluster", version, kind, object.name());
                } else {
                    root.put(
                            object.json(),
                            "namespace",
                            object.namespace(),
                            version,
                            kind,
                            object.name());
                }
            }
        }
        return bytes(root);
    }

    private static byte[] bytes(Tree root) throws LookupException {
        long size = root.size();
        if (size > LONGEST) {
            throw new LookupException("the granted lists are too long to be given to a policy");
        }
        var out = new ByteArrayOutputStream((int) size);
        root.write(out);
        return out.toByteArray();
    }
}
