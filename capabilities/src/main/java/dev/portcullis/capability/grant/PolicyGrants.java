package dev.portcullis.capability.grant;

/**
 * What one policy may ask of its host.
 *
 * @param policyId names the policy in refusals and log lines
 * @param capabilities the operations that it may call
 * @param resources the kinds of Kubernetes objects that it may read with them
 */
public record PolicyGrants(
        String policyId, CapabilityGrants capabilities, ResourceGrants resources) {
    /** Nothing at all. */
    public static PolicyGrants none(String policyId) {
        return new PolicyGrants(policyId, CapabilityGrants.none(), ResourceGrants.none());
    }
}
