package dev.portcullis.gateway.policy;

import dev.portcullis.host.HostCalls;

/** Connects policies with the capabilities of this process. */
@FunctionalInterface
public interface CapabilityAccess {
    /**
     * The line through which this policy asks, held to the grants of its entry.
     *
     * @throws GrantException when the grants make no sense
     */
    HostCalls of(PolicyEntry entry) throws GrantException;
}
