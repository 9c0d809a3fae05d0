package dev.portcullis.capability.grant;

import java.util.Arrays;
import java.util.Optional;

/**
 * The gated host capabilities, all of them: the table that patterns are checked against
 * (policy-server §18).
 *
 * <p>{@code tracing/log} is not among them: it is never gated.
 */
public enum Capability {
    OCI_V1_VERIFY("oci", "v1/verify"),
    OCI_V1_MANIFEST_DIGEST("oci", "v1/manifest_digest"),
    OCI_V1_OCI_MANIFEST("oci", "v1/oci_manifest"),
    OCI_V1_OCI_MANIFEST_CONFIG("oci", "v1/oci_manifest_config"),
    OCI_V2_VERIFY("oci", "v2/verify"),
    NET_V1_DNS_LOOKUP_HOST("net", "v1/dns_lookup_host"),
    CRYPTO_V1_IS_CERTIFICATE_TRUSTED("crypto", "v1/is_certificate_trusted"),
    KUBERNETES_LIST_RESOURCES_BY_NAMESPACE("kubernetes", "list_resources_by_namespace"),
    KUBERNETES_LIST_RESOURCES_ALL("kubernetes", "list_resources_all"),
    KUBERNETES_GET_RESOURCE("kubernetes", "get_resource"),
    KUBERNETES_CAN_I("kubernetes", "can_i");

    private final String namespace;
    private final String operation;

    Capability(String namespace, String operation) {
        this.namespace = namespace;
        this.operation = operation;
    }

    /** The first part of a host call's address, for example {@code oci}. */
    public String namespace() {
        return namespace;
    }

    /** The second part of a host call's address, for example {@code v1/verify}. */
    public String operation() {
        return operation;
    }

    /** What grants are written for: {@code <namespace>/<operation>}. */
    public String path() {
        return namespace + "/" + operation;
    }

    /** The capability at this address; both parts must match exactly. */
    public static Optional<Capability> of(String namespace, String operation) {
        return Arrays.stream(values())
                .filter(known -> known.namespace.equals(namespace))
                .filter(known -> known.operation.equals(operation))
                .findFirst();
    }

    /** Whether any capability has this namespace. */
    public static boolean isNamespace(String namespace) {
        return Arrays.stream(values()).anyMatch(known -> known.namespace.equals(namespace));
    }
}
