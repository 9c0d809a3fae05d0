package dev.portcullis.capability.grant;

/**
 * A kind of Kubernetes object, as a policy and its entry spell it.
 *
 * @param apiVersion {@code v1} or {@code <group>/<version>}
 * @param kind for example {@code Deployment}
 */
public record ResourceKind(String apiVersion, String kind) {
    @Override
    public String toString() {
        return apiVersion + "/" + kind;
    }
}
