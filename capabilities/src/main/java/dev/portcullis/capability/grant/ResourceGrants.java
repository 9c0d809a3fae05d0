package dev.portcullis.capability.grant;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kinds of Kubernetes objects that a policy may read: the {@code contextAwareResources} of its
 * entry. Matched exactly, case and all.
 */
public record ResourceGrants(Set<ResourceKind> kinds) {
    public ResourceGrants {
        kinds = Set.copyOf(kinds);
    }

    /** No kind: what a policy without {@code contextAwareResources} has. */
    public static ResourceGrants none() {
        return new ResourceGrants(Set.of());
    }

    public static ResourceGrants of(Collection<ResourceKind> kinds) {
        return new ResourceGrants(Set.copyOf(kinds));
    }

    public boolean allows(ResourceKind kind) {
        return kinds.contains(kind);
    }

    /** In alphabetical order, for log lines. */
    @Override
    public String toString() {
        return kinds.stream()
                .map(ResourceKind::toString)
                .sorted()
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
