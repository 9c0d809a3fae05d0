package dev.portcullis.gateway.review;

/**
 * What an admission request is about, for logs, traces and measurements. What the request does not
 * say is empty.
 *
 * @param kindGroup group of the object's kind
 * @param kindVersion version of the object's kind
 * @param kind the object's kind, without its group
 * @param resourceGroup group of the resource that is asked for
 * @param resourceVersion version of that resource
 * @param resource that resource, in the plural
 * @param subresource for example {@code scale}
 * @param requestKind the kind that the client of the API server used, without its group
 */
public record Subject(
        String kindGroup,
        String kindVersion,
        String kind,
        String resourceGroup,
        String resourceVersion,
        String resource,
        String subresource,
        String requestKind) {}
