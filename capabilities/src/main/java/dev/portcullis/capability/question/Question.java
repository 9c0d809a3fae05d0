package dev.portcullis.capability.question;

import dev.portcullis.capability.grant.Capability;
import dev.portcullis.capability.grant.ResourceKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a guest asks, decoded and granted (guest-abi §8.9–8.12). */
public sealed interface Question {
    /** The capability that answers it. */
    Capability capability();

    /** A question about Kubernetes objects of one kind, gated by {@code contextAwareResources}. */
    sealed interface AboutResources extends Question {
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
            implements Question {
        public CanI {
            groups = groups == null ? null : List.copyOf(groups);
            resourceAttributes = Map.copyOf(resourceAttributes);
        }

        @Override
        public Capability capability() {
            return Capability.KUBERNETES_CAN_I;
        }
    }

    /** What a list is narrowed by, in the API server's own syntax; null selects everything. */
    record Selectors(@Nullable String labels, @Nullable String fields) {}
}
