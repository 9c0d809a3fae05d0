package dev.portcullis.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a module says of itself in its {@code io.kubewarden.metadata} section (guest-abi §1).
 *
 * @param protocolVersion {@code v1}, {@code Unknown} or null
 * @param rules what the policy wants to see
 * @param mutating whether the policy may change objects
 * @param annotations free words about the policy; null when absent
 * @param backgroundAudit whether the audit scanner may use the policy
 * @param executionMode how the module is run
 * @param policyType {@code kubernetes} or {@code raw}
 * @param contextAwareResources what the policy would like to read; grants come from elsewhere
 * @param hostCapabilities what the policy says it asks; null when absent
 * @param minimumKubewardenVersion the oldest stack that the policy runs on; null when absent
 */
public record PolicyMetadata(
        @Nullable String protocolVersion,
        List<Rule> rules,
        boolean mutating,
        @Nullable Map<String, String> annotations,
        boolean backgroundAudit,
        ExecutionMode executionMode,
        PolicyType policyType,
        List<Resource> contextAwareResources,
        @Nullable List<String> hostCapabilities,
        @Nullable String minimumKubewardenVersion) {
    public PolicyMetadata {
        rules = List.copyOf(rules);
        annotations = annotations == null ? null : Map.copyOf(annotations);
        contextAwareResources = List.copyOf(contextAwareResources);
        hostCapabilities = hostCapabilities == null ? null : List.copyOf(hostCapabilities);
    }

    /** What a module without a metadata section gets. */
    public static final PolicyMetadata DEFAULT =
            new PolicyMetadata(
                    null,
                    List.of(),
                    false,
                    null,
                    true,
                    ExecutionMode.WAPC,
                    PolicyType.KUBERNETES,
                    List.of(),
                    null,
                    null);

    /** Requests that a policy wants to see. */
    public record Rule(
            List<String> apiGroups,
            List<String> apiVersions,
            List<String> resources,
            List<String> operations) {
        public Rule {
            apiGroups = List.copyOf(apiGroups);
            apiVersions = List.copyOf(apiVersions);
            resources = List.copyOf(resources);
            operations = List.copyOf(operations);
        }
    }

    /** A kind of Kubernetes object. */
    public record Resource(String apiVersion, String kind) {}

    /** How a module is run (guest-abi §2). */
    public enum ExecutionMode {
        WAPC("kubewarden-wapc"),
        WASI("wasi"),
        OPA("opa"),
        GATEKEEPER("gatekeeper");

        private final String wireName;

        ExecutionMode(String wireName) {
            this.wireName = wireName;
        }

        /** The name in the metadata section. */
        public String wireName() {
            return wireName;
        }
    }

    /** What a policy judges. */
    public enum PolicyType {
        KUBERNETES("kubernetes"),
        RAW("raw");

        private final String wireName;

        PolicyType(String wireName) {
            this.wireName = wireName;
        }

        /** The name in the metadata section. */
        public String wireName() {
            return wireName;
        }
    }
}
