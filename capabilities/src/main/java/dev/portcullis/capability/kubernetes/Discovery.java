package dev.portcullis.capability.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.host.Deadline;
import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Finds out how the API server serves a kind (policy-server §17).
 *
 * <p>What was found is kept; what was not is asked for again, so that a kind that is installed
 * later is found then.
 */
final class Discovery {
    private static final int KINDS = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What may stand in a URL as it is. */
    private static final Pattern API_VERSION = Pattern.compile("([a-z0-9][a-z0-9.-]*/)?[a-z0-9]+");

    private final ApiServer server;
    private final Cache<ResourceKind, ApiResource> known =
            Caffeine.newBuilder().maximumSize(KINDS).build();
    private final SingleFlight<ResourceKind, ApiResource> flights = new SingleFlight<>();

    Discovery(ApiServer server) {
        this.server = server;
    }

    ApiResource find(ResourceKind kind, Deadline deadline)
            throws LookupException, InterruptedException {
        ApiResource found = known.getIfPresent(kind);
        if (found != null) {
            return found;
        }
        return flights.get(
                kind,
                deadline,
                () -> {
                    ApiResource fetched = fetch(kind, deadline);
                    known.put(kind, fetched);
                    return fetched;
                });
    }

    /** Called when the API server no longer knows the paths of a resource. */
    void forget(ApiResource resource) {
        known.asMap().remove(resource.kind(), resource);
    }

    private ApiResource fetch(ResourceKind kind, Deadline deadline)
            throws LookupException, InterruptedException {
        if (!API_VERSION.matcher(kind.apiVersion()).matches()) {
            throw notFound(kind);
        }
        try {
            return pick(kind, server.get(ApiResource.root(kind.apiVersion()), deadline));
        } catch (LookupException.Refused refused) {
            if (refused.isNotFound()) {
                throw notFound(kind);
            }
            throw new LookupException("cannot discover " + kind, refused);
        }
    }

    private static ApiResource pick(ResourceKind kind, byte[] list) throws LookupException {
        JsonNode resources;
        try {
            resources = JSON.readTree(list).path("resources");
        } catch (IOException invalid) {
            throw new LookupException(
                    "cannot discover " + kind + ": the Kubernetes API server sent no JSON",
                    invalid);
        }
        for (JsonNode resource : resources) {
            String plural = resource.path("name").asText();
            // Subresources such as pods/eviction have kinds too, but are no objects to look up.
            if (resource.path("kind").asText().equals(kind.kind()) && !plural.contains("/")) {
                return new ApiResource(kind, plural, resource.path("namespaced").asBoolean());
            }
        }
        throw notFound(kind);
    }

    private static LookupException notFound(ResourceKind kind) {
        return new LookupException("Cannot find resource " + kind);
    }
}
