package dev.portcullis.capability.question;

import dev.portcullis.capability.grant.Capability;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.host.ContextData;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is asked of the capabilities, decoded and granted. */
public sealed interface Question {
    /** Names the question in log lines. */
    String path();

    /** Where the question is answered on the event bus. */
    default String address() {
        return addressOf(path());
    }

    /** Where questions of this path are answered on the event bus. */
    static String addressOf(String path) {
        return "capability." + path.replace('/', '.');
    }

    /** A question that guests can ask by a host call (guest-abi §8.9–8.12). */
    sealed interface ByGuest extends Question {
        /** The capability that answers it. */
        Capability capability();

        @Override
        default String path() {
            return capability().path();
        }
    }

    /** A question about Kubernetes objects of one kind, gated by {@code contextAwareResources}. */
    sealed interface AboutResources extends ByGuest {
        ResourceKind kind();
    }

    /**
     * One object as the API server has it.
     *
     * @param namespace ignored for cluster-wide kinds
     * @param disableCache whether an answer of a few seconds ago will not do
     */
    record GetResource(
            ResourceKind kind,
            String name,
            @Nullable String namespace,
            boolean disableCache,
            FieldMask mask)
            implements AboutResources {
        @Override
        public Capability capability() {
            return Capability.KUBERNETES_GET_RESOURCE;
        }
    }

    /** All objects of a namespaced kind in one namespace that the selectors select. */
    record ListResourcesByNamespace(
            ResourceKind kind, String namespace, Selectors selectors, FieldMask mask)
            implements AboutResources {
        @Override
        public Capability capability() {
            return Capability.KUBERNETES_LIST_RESOURCES_BY_NAMESPACE;
        }
    }

    /** All objects of a kind, across namespaces, that the selectors select. */
    record ListResourcesAll(ResourceKind kind, Selectors selectors, FieldMask mask)
            implements AboutResources {
        @Override
        public Capability capability() {
            return Capability.KUBERNETES_LIST_RESOURCES_ALL;
        }
    }

    /** Whether a user may do something: a SubjectAccessReview. */
    record CanI(
            String user,
            @Nullable List<String> groups,
            Map<String, String> resourceAttributes,
            boolean disableCache)
            implements ByGuest {
        public CanI {
            groups = groups == null ? null : List.copyOf(groups);
            resourceAttributes = Map.copyOf(resourceAttributes);
        }

        @Override
        public Capability capability() {
            return Capability.KUBERNETES_CAN_I;
        }
    }

    /**
     * All objects of the kinds that a policy was granted, arranged as Rego policies get them
     * (policy-server §17). The host asks this for them; no guest can.
     */
    record ContextObjects(Set<ResourceKind> kinds, ContextData.Form form) implements Question {
        /** No capability has this path, so no grant can name it. */
        public static final String PATH = "kubernetes/context_objects";

        public ContextObjects {
            kinds = Set.copyOf(kinds);
        }

        @Override
        public String path() {
            return PATH;
        }
    }

    /** What a list is narrowed by, in the API server's own syntax; null selects everything. */
    record Selectors(@Nullable String labels, @Nullable String fields) {}
}
