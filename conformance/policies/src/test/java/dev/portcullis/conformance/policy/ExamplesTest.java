package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples fit the policies that they serve. */
class ExamplesTest {
    private static final String FILE = "file://";

    private final Path examples = FixturePolicies.rootAbove(Path.of("")).resolve("examples");
    private final FixturePolicies policies = FixturePolicies.inTree();

    @Test
    void everyExamplePolicyIsServedFromItsCommittedModule() throws IOException {
        var entries = new YAMLMapper().readTree(examples.resolve("policies.yml").toFile());

        assertThat(entries.fieldNames())
                .toIterable()
                .containsExactly("required-labels", "add-annotations", "team-owner");
        for (var entry : entries.properties()) {
            var module = entry.getValue().path("module").asText();
            assertThat(module).startsWith(FILE);
            assertThat(examples.resolve(module.substring(FILE.length())).normalize())
                    .isEqualTo(policies.path(entry.getKey()));
        }
    }

    @Test
    void everyReviewHasWhatTheApiServerSends() throws IOException {
        var uids = new HashSet<String>();
        for (var file : reviews()) {
            var review = new ObjectMapper().readTree(file.toFile());
            var request = review.path("request");
            assertThat(uids.add(request.path("uid").asText())).as("uid of %s", file).isTrue();
            if (review.has("kind")) {
                assertThat(request.fieldNames())
                        .toIterable()
                        .as("members of %s", file)
                        .contains("kind", "resource", "requestKind", "requestResource")
                        .contains("operation", "userInfo", "object", "oldObject", "options");
                assertThat(objectOf(request).path("metadata").path("name"))
                        .as("name in %s", file)
                        .isEqualTo(request.path("name"));
            }
        }
    }

    private List<Path> reviews() throws IOException {
        try (var files = Files.list(examples.resolve("reviews"))) {
            return files.sorted().toList();
        }
    }

    private static JsonNode objectOf(JsonNode request) {
        return request.path(
                request.path("operation").asText().equals("DELETE") ? "oldObject" : "object");
    }
}
