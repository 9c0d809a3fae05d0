package dev.portcullis.host.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.portcullis.host.PolicyMetadata;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Made-up requests that look like what a policy's rules let through. Policies are tried on them so
 * that the code which real requests will need is compiled before the first one comes; the verdicts
 * are thrown away.
 */
final class WarmUpRequests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_KINDS = 4;

    private WarmUpRequests() {}

    /** Payloads for {@code validate}: a request for each of the first kinds of the rules. */
    static List<byte[]> payloads(PolicyMetadata metadata, byte[] settings) {
        return kinds(metadata).stream().map(kind -> payload(kind, settings)).toList();
    }

    private record Kind(String group, String version, String resource) {
        String kind() {
            var singular =
                    resource.endsWith("ies")
                            ? resource.substring(0, resource.length() - 3) + "y"
                            : resource.endsWith("sses")
                                    ? resource.substring(0, resource.length() - 2)
                                    : resource.endsWith("s")
                                            ? resource.substring(0, resource.length() - 1)
                                            : resource;
            return singular.isEmpty()
                    ? "Object"
                    : singular.substring(0, 1).toUpperCase(Locale.ROOT) + singular.substring(1);
        }

        String apiVersion() {
            return group.isEmpty() ? version : group + "/" + version;
        }
    }

    private static Set<Kind> kinds(PolicyMetadata metadata) {
        var kinds = new LinkedHashSet<Kind>();
        for (var rule : metadata.rules()) {
            for (var resource : rule.resources()) {
                if (kinds.size() < MOST_KINDS) {
                    kinds.add(
                            new Kind(
                                    first(rule.apiGroups(), ""),
                                    first(rule.apiVersions(), "v1"),
                                    resourceOf(resource)));
                }
            }
        }
        if (kinds.isEmpty()) {
            kinds.add(new Kind("", "v1", "pods"));
        }
        return kinds;
    }

    /** The resource of a rule's {@code <resource>/<subresource>}. */
    private static String resourceOf(String entry) {
        var resource = entry.split("/", 2)[0];
        return resource.equals("*") ? "pods" : resource;
    }

    private static String first(List<String> values, String fallback) {
        return values.isEmpty() || values.getFirst().equals("*") ? fallback : values.getFirst();
    }

    private static byte[] payload(Kind kind, byte[] settings) {
        var request = JSON.createObjectNode();
        request.put("uid", "00000000-0000-0000-0000-000000000000");
        request.putObject("kind")
                .put("group", kind.group())
                .put("kind", kind.kind())
                .put("version", kind.version());
        request.putObject("resource")
                .put("group", kind.group())
                .put("resource", kind.resource())
                .put("version", kind.version());
        request.put("name", "warm-up").put("namespace", "warm-up").put("operation", "CREATE");
        request.putObject("userInfo").put("username", "warm-up").putArray("groups").add("warm-up");
        request.set("object", object(kind));
        request.put("dryRun", true);
        try {
            var text = JSON.writeValueAsString(request);
            return ("{\"request\":"
                            + text
                            + ",\"settings\":"
                            + new String(settings, StandardCharsets.UTF_8)
                            + "}")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode object(Kind kind) {
        var object = JSON.createObjectNode();
        object.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        metadata(object.putObject("metadata").put("name", "warm-up").put("namespace", "warm-up"));
        var spec = object.putObject("spec");
        if (kind.resource().equals("pods")) {
            podSpec(spec);
        } else {
            spec.put("replicas", 1);
            spec.putObject("selector").putObject("matchLabels").put("app", "warm-up");
            var template = spec.putObject("template");
            metadata(template.putObject("metadata"));
            podSpec(template.putObject("spec"));
        }
        return object;
    }

    private static void metadata(ObjectNode metadata) {
        metadata.putObject("labels").put("app", "warm-up").put("team", "warm-up");
        metadata.putObject("annotations").put("warm-up", "true");
    }

    private static void podSpec(ObjectNode spec) {
        spec.put("serviceAccountName", "default").put("hostNetwork", false);
        var container = spec.putArray("containers").addObject();
        container.put("name", "main").put("image", "registry.example/warm-up:1.0");
        container.putArray("command").add("/bin/true");
        container.putArray("env").addObject().put("name", "KEY").put("value", "value");
        container.putArray("ports").addObject().put("containerPort", 8080);
        var resources = container.putObject("resources");
        resources.putObject("limits").put("cpu", "100m").put("memory", "64Mi");
        resources.putObject("requests").put("cpu", "100m").put("memory", "64Mi");
        container.putObject("securityContext").put("privileged", false).put("runAsUser", 1000);
        spec.putArray("volumes").addObject().put("name", "scratch").putObject("emptyDir");
    }
}
