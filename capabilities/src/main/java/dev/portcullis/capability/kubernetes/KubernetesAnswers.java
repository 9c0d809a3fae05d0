package dev.portcullis.capability.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.capability.question.Question;
import dev.portcullis.capability.question.Question.CanI;
import dev.portcullis.capability.question.Question.ContextObjects;
import dev.portcullis.capability.question.Question.GetResource;
import dev.portcullis.capability.question.Question.ListResourcesAll;
import dev.portcullis.capability.question.Question.ListResourcesByNamespace;
import dev.portcullis.capability.question.Question.Selectors;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Looks answers up; blocks until the deadline at the latest. */
final class KubernetesAnswers {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    private static final List<String> VERDICT =
            List.of("allowed", "denied", "reason", "evaluationError");

    private record ObjectKey(ResourceKind kind, String name, @Nullable String namespace) {}

    private final ApiServer server;
    private final Discovery discovery;
    private final WatchedLists lists;
    private final Lookups<ObjectKey> objects;
    private final Lookups<String> reviews;
    private final ArrangedObjects arranged = new ArrangedObjects();
    private final int watchesBound;

    KubernetesAnswers(KubernetesConnection connection, KubernetesOptions options, Ticker ticker) {
        this.server = new ApiServer(connection.client(), options.answerBytes());
        this.discovery = new Discovery(server);
        this.lists = new WatchedLists(connection.client(), options);
        this.objects = new Lookups<>(options.cacheTime(), options.cacheBytes(), ticker);
        this.reviews = new Lookups<>(options.cacheTime(), options.cacheBytes(), ticker);
        this.watchesBound = options.watches();
    }

    /** The answer as JSON. */
    byte[] answer(Question question, Deadline deadline)
            throws LookupException, InterruptedException {
        return switch (question) {
            case GetResource get -> get(get, deadline);
            case ListResourcesByNamespace list -> {
                ApiResource resource = discovery.find(list.kind(), deadline);
                if (!resource.namespaced()) {
                    throw new LookupException(
                            "resource "
                                    + list.kind()
                                    + " is cluster wide. Cannot search for it inside of a"
                                    + " namespace");
                }
                yield list(resource, list.namespace(), list.selectors(), list.mask(), deadline);
            }
            case ListResourcesAll list ->
                    list(
                            discovery.find(list.kind(), deadline),
                            null,
                            list.selectors(),
                            list.mask(),
                            deadline);
            case CanI review -> canI(review, deadline);
            case ContextObjects(var kinds, var form) -> contextObjects(kinds, form, deadline);
        };
    }

    private byte[] get(GetResource get, Deadline deadline)
            throws LookupException, InterruptedException {
        ApiResource resource = discovery.find(get.kind(), deadline);
        if (resource.namespaced() && get.namespace() == null) {
            throw new LookupException(
                    "Resource " + get.kind() + " is namespaced, but no namespace was provided");
        }
        String namespace = resource.namespaced() ? get.namespace() : null;
        byte[] object =
                get.disableCache()
                        ? fetch(resource, get.name(), namespace, deadline)
                        : objects.get(
                                new ObjectKey(get.kind(), get.name(), namespace),
                                deadline,
                                () -> fetch(resource, get.name(), namespace, deadline));
        return get.mask().keepsEverything()
                ? object.clone()
                : write(get.mask().prune(parse(object)));
    }

    private byte[] fetch(
            ApiResource resource, String name, @Nullable String namespace, Deadline deadline)
            throws LookupException, InterruptedException {
        String named = resource.kind() + " named '" + name + "' inside of namespace '";
        named += (namespace == null ? "None" : "Some(\"" + namespace + "\")") + "'";
        try {
            byte[] object = server.get(resource.path(namespace, name), deadline);
            parse(object);
            return object;
        } catch (LookupException.Refused refused) {
            if (refused.isPathUnknown()) {
                discovery.forget(resource);
            }
            if (refused.isNotFound()) {
                throw new LookupException("Cannot find " + named);
            }
            throw new LookupException("cannot get " + named, refused);
        }
    }

    private byte[] list(
            ApiResource resource,
            @Nullable String namespace,
            Selectors selectors,
            FieldMask mask,
            Deadline deadline)
            throws LookupException, InterruptedException {
        var key = new WatchedList.Key(resource, namespace, selectors.labels(), selectors.fields());
        Collection<byte[]> items;
        try {
            items = lists.objects(key, mask, deadline);
        } catch (LookupException.Refused refused) {
            if (refused.isPathUnknown()) {
                discovery.forget(resource);
            }
            throw refused;
        }
        ObjectNode frame = JSON.createObjectNode();
        frame.put("apiVersion", resource.kind().apiVersion());
        frame.put("kind", resource.kind().kind() + "List");
        frame.putObject("metadata");
        byte[] head = write(frame);
        long size = head.length + 16L;
        for (byte[] item : items) {
            size += item.length + 1;
        }
        if (size > Integer.MAX_VALUE - 8) {
            throw new LookupException("the list of " + resource.kind() + " is too long to answer");
        }
        var list = new ByteArrayOutputStream((int) size);
        list.write(head, 0, head.length - 1); // without the closing brace
        list.writeBytes(",\"items\":[".getBytes(StandardCharsets.UTF_8));
        boolean first = true;
        for (byte[] item : items) {
            if (!first) {
                list.write(',');
            }
            first = false;
            list.writeBytes(item);
        }
        list.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        return list.toByteArray();
    }

    private byte[] contextObjects(Set<ResourceKind> kinds, ContextData.Form form, Deadline deadline)
            throws LookupException, InterruptedException {
        var lists = new TreeMap<ApiResource, RenderedObjects>(ApiResource.BY_KIND);
        for (ResourceKind kind : kinds) {
            ApiResource resource = discovery.find(kind, deadline);
            try {
                lists.put(
                        resource,
                        this.lists.rendered(
                                new WatchedList.Key(resource, null, null, null), deadline));
            } catch (LookupException.Refused refused) {
                if (refused.isPathUnknown()) {
                    discovery.forget(resource);
                }
                throw refused;
            }
        }
        return arranged.json(lists, form);
    }

    private byte[] canI(CanI question, Deadline deadline)
            throws LookupException, InterruptedException {
        ObjectNode review = JSON.createObjectNode();
        review.put("apiVersion", "authorization.k8s.io/v1");
        review.put("kind", "SubjectAccessReview");
        ObjectNode spec = review.putObject("spec");
        spec.put("user", question.user());
        if (question.groups() != null) {
            var groups = spec.putArray("groups");
            question.groups().forEach(groups::add);
        }
        var attributes = spec.putObject("resourceAttributes");
        question.resourceAttributes().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> attributes.put(entry.getKey(), entry.getValue()));
        byte[] body = write(review);
        return question.disableCache()
                ? review(body, deadline)
                : reviews.get(
                                new String(body, StandardCharsets.UTF_8),
                                deadline,
                                () -> review(body, deadline))
                        .clone();
    }

    private byte[] review(byte[] body, Deadline deadline)
            throws LookupException, InterruptedException {
        byte[] answer;
        try {
            answer = server.post(REVIEWS, body, deadline);
        } catch (LookupException.Refused refused) {
            throw new LookupException("cannot create a SubjectAccessReview", refused);
        }
        JsonNode status = parse(answer).path("status");
        if (!status.path("allowed").isBoolean()) {
            throw new LookupException(
                    "the Kubernetes API server answered a SubjectAccessReview without a verdict");
        }
        ObjectNode verdict = JSON.createObjectNode();
        for (String member : VERDICT) {
            if (status.hasNonNull(member)) {
                verdict.set(member, status.get(member));
            }
        }
        return write(verdict);
    }

    private static ObjectNode parse(byte[] json) throws LookupException {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException invalid) {
            throw new LookupException("the Kubernetes API server sent invalid JSON", invalid);
        }
        throw new LookupException("the Kubernetes API server sent something else than an object");
    }

    private static byte[] write(ObjectNode object) throws LookupException {
        try {
            return JSON.writeValueAsBytes(object);
        } catch (IOException impossible) {
            throw new LookupException("cannot write an answer", impossible);
        }
    }

    void sweep() {
        lists.sweep();
    }

    KubernetesUsage usage() {
        return new KubernetesUsage(
                objects.hits(),
                objects.misses(),
                reviews.hits(),
                reviews.misses(),
                lists.count(),
                watchesBound,
                lists.bytes());
    }

    void close() {
        lists.close();
    }
}
