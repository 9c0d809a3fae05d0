package dev.portcullis.gateway.policy;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All policies of this gateway, by name: single ones, groups, and the members of groups, which can
 * be asked by themselves as {@code <group>/<member>}. Immutable.
 */
public final class Policies {
    private final Map<String, Policy> byId;

    /** These policies; their names differ. */
    public Policies(Collection<? extends Policy> policies) {
        Map<String, Policy> all = new LinkedHashMap<>();
        for (Policy policy : policies) {
            if (all.putIfAbsent(policy.id(), policy) != null) {
                throw new IllegalArgumentException("two policies are named " + policy.id());
            }
        }
        byId = all;
    }

    /** The policy of this name; null when there is none. */
    public @Nullable Policy named(String id) {
        return byId.get(id);
    }

    /**
     * Those that could not be made ready. A group stands for its members; what is wrong with them
     * is in its message.
     */
    public List<Policy.Broken> broken() {
        return byId.values().stream()
                .filter(policy -> !isMember(policy))
                .filter(Policy.Broken.class::isInstance)
                .map(Policy.Broken.class::cast)
                .toList();
    }

    /** How many there are in the policies file, broken ones included. */
    public int size() {
        return (int) byId.values().stream().filter(policy -> !isMember(policy)).count();
    }

    /** Names in the policies file hold no slash. */
    private static boolean isMember(Policy policy) {
        return policy.id().contains("/");
    }
}
