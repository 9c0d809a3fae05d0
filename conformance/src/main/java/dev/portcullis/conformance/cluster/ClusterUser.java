package dev.portcullis.conformance.cluster;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Someone whom the API server knows by a bearer token. What they may do is decided by RBAC objects,
 * so a fresh user may do next to nothing.
 *
 * @param name the user name, letters, digits and {@code - . : @ _}
 * @param groups the groups they are in besides {@code system:authenticated}; same letters
 */
public record ClusterUser(String name, List<String> groups) {
    // The token file is CSV; without quotes and commas in names nothing needs escaping. First,
    // since ADMIN needs it.
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9.:@_-]+");

    /** May do everything, as a member of {@code system:masters}. Every cluster has this user. */
    public static final ClusterUser ADMIN = new ClusterUser("admin", List.of("system:masters"));

    public ClusterUser {
        groups = List.copyOf(groups);
        requirePlain(name);
        groups.forEach(ClusterUser::requirePlain);
    }

    /** A user in no group. */
    public static ClusterUser named(String name) {
        return new ClusterUser(name, List.of());
    }

    private static void requirePlain(String name) {
        if (!PLAIN.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "not a name for a cluster user or group: '"
                            + name
                            + "'; use letters, digits and - . : @ _");
        }
    }
}
