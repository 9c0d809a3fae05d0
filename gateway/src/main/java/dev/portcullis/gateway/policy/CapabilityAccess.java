package dev.portcullis.gateway.policy;

import dev.portcullis.host.ContextData;
import dev.portcullis.host.HostCalls;

/** Connects policies with the capabilities of this process. */
@FunctionalInterface
public interface CapabilityAccess {
    /**
     * What one policy may ask and know.
     *
     * @param hostCalls the line through which it asks
     * @param contextData what it is given to know if it cannot ask
     */
    record Granted(HostCalls hostCalls, ContextData contextData) {}

    /**
     * Holds this policy to the grants of its entry.
     *
     * @throws GrantException when the grants make no sense
     */
    Granted of(PolicyEntry entry) throws GrantException;
}
