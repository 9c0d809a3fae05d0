package dev.portcullis.capability.kubernetes;

import dev.portcullis.capability.grant.ResourceKind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * How the API server serves a kind.
 *
 * @param plural the name in URLs, for example {@code pods}
 * @param namespaced false for cluster-wide kinds
 */
record ApiResource(ResourceKind kind, String plural, boolean namespaced) {
    /** By version, then by kind. */
    static final Comparator<ApiResource> BY_KIND =
            Comparator.comparing((ApiResource resource) -> resource.kind().apiVersion())
                    .thenComparing(resource -> resource.kind().kind());

    /** Empty for the core group. */
    String group() {
        int slash = kind.apiVersion().indexOf('/');
        return slash < 0 ? "" : kind.apiVersion().substring(0, slash);
    }

    String version() {
        return kind.apiVersion().substring(kind.apiVersion().indexOf('/') + 1);
    }

    /** The path of one object. */
    String path(@Nullable String namespace, String name) {
        return root(kind.apiVersion())
                + (namespace == null ? "" : "/namespaces/" + quote(namespace))
                + "/"
                + plural
                + "/"
                + quote(name);
    }

    /** The path under which the API server serves this group and version. */
    static String root(String apiVersion) {
        return (apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/") + apiVersion;
    }

    private static String quote(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
