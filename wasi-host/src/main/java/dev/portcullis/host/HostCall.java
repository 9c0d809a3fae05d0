package dev.portcullis.host;

/**
 * A question that a guest asks of its host (guest-abi §7).
 *
 * @param binding only {@code kubewarden} is known
 * @param namespace for example {@code kubernetes}
 * @param operation for example {@code get_resource} or {@code v1/manifest_digest}
 * @param payload the question's arguments, usually JSON; owned by this record
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and a copy would cost per call
public record HostCall(String binding, String namespace, String operation, byte[] payload) {
    /** The capability path that grants are written for: {@code <namespace>/<operation>}. */
    public String path() {
        return namespace + "/" + operation;
    }
}
