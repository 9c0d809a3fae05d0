package dev.portcullis.gateway;

import dev.portcullis.capability.Capabilities;
import dev.portcullis.capability.grant.CapabilityGrants;
import dev.portcullis.capability.grant.PatternException;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.grant.ResourceGrants;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.gateway.policy.CapabilityAccess;
import dev.portcullis.gateway.policy.GrantException;
import dev.portcullis.gateway.policy.PolicyEntry;

/** Turns the grants in a policy's entry into those of the capabilities. */
final class GrantedCapabilities implements CapabilityAccess {
    private final Capabilities capabilities;

    GrantedCapabilities(Capabilities capabilities) {
        this.capabilities = capabilities;
    }

    @Override
    public Granted of(PolicyEntry entry) throws GrantException {
        ResourceGrants resources =
                ResourceGrants.of(
                        entry.contextAwareResources().stream()
                                .map(each -> new ResourceKind(each.apiVersion(), each.kind()))
                                .toList());
        try {
            PolicyGrants grants =
                    new PolicyGrants(
                            entry.id(), CapabilityGrants.of(entry.hostCapabilities()), resources);
            return new Granted(
                    capabilities.hostCallsFor(grants), capabilities.contextDataFor(grants));
        } catch (PatternException e) {
            throw new GrantException(String.valueOf(e.getMessage()), e);
        }
    }
}
