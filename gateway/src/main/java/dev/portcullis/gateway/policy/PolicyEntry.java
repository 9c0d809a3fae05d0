package dev.portcullis.gateway.policy;

import dev.portcullis.host.PolicyMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the policies file says of one policy (policy-server §3).
 *
 * @param id the name in the file and in the URL; {@code <group>/<member>} for a group's member
 * @param url where the module is, as written
 * @param module the module's file
 * @param mode whether a rejection counts
 * @param allowedToMutate whether the policy may change objects
 * @param settings what the policy is configured with
 * @param contextAwareResources what the policy may read from Kubernetes
 * @param hostCapabilities patterns of what the policy may ask; empty for nothing
 * @param message what clients are told instead of the policy's own words; null for those
 * @param timeout how long one evaluation may take; null for the gateway's own limit
 */
public record PolicyEntry(
        String id,
        String url,
        Path module,
        Mode mode,
        boolean allowedToMutate,
        Settings settings,
        Set<PolicyMetadata.Resource> contextAwareResources,
        List<String> hostCapabilities,
        @Nullable String message,
        @Nullable Duration timeout)
        implements Entry {
    public PolicyEntry {
        contextAwareResources = Set.copyOf(contextAwareResources);
        hostCapabilities = List.copyOf(hostCapabilities);
    }
}
