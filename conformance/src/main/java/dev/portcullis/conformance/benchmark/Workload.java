package dev.portcullis.conformance.benchmark;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The policies and requests that the benchmark uses, read from {@code workload.json} beside this
 * class. All reviews are of the size that a cluster sends.
 *
 * @param policies the content of a policies file, with names of modules for their addresses
 * @param cases in the order in which requests alternate between them
 */
record Workload(ObjectNode policies, List<PolicyCase> cases) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A case and the policy that it asks. */
    record PolicyCase(String policy, ReviewCase review) {}

    Workload {
        cases = List.copyOf(cases);
    }

    /** The standard workload. */
    static Workload standard() {
        var file = read("workload.json");
        var cases = new ArrayList<PolicyCase>();
        for (var entry : file.path("cases")) {
            cases.add(caseOf(entry));
        }
        return new Workload((ObjectNode) file.path("policies"), cases);
    }

    /** What is left without the other policies and their cases. */
    Workload only(List<String> kept) {
        return new Workload(
                policies.deepCopy().retain(kept),
                cases.stream().filter(one -> kept.contains(one.policy())).toList());
    }

    /** The cases of one policy. */
    List<ReviewCase> casesOf(String policy) {
        return cases.stream()
                .filter(one -> one.policy().equals(policy))
                .map(PolicyCase::review)
                .toList();
    }

    /** The cases that ask no Kubernetes API server. */
    List<ReviewCase> casesWithoutLookups() {
        return cases.stream()
                .filter(one -> !policies.path(one.policy()).has("contextAwareResources"))
                .map(PolicyCase::review)
                .toList();
    }

    /**
     * Writes a policies file (policy-server §3).
     *
     * @param modules the folder that holds the modules
     * @throws BenchmarkException when a module is not there or the file can not be written
     */
    void writePolicies(Path file, Path modules) {
        var entries = policies.deepCopy();
        for (var entry : entries) {
            var module = modules.resolve(entry.path("module").asText()).toAbsolutePath();
            if (!Files.isRegularFile(module)) {
                throw new BenchmarkException("there is no policy module " + module);
            }
            ((ObjectNode) entry).put("module", module.toUri().toString());
        }
        try {
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), entries);
        } catch (IOException failure) {
            throw new BenchmarkException("can not write " + file, failure);
        }
    }

    private static PolicyCase caseOf(JsonNode entry) {
        var review = (ObjectNode) read(entry.path("review").asText());
        for (var change : entry.path("set").properties()) {
            var target = JsonPointer.compile(change.getKey());
            var parent = review.withObject(target.head());
            parent.set(target.last().getMatchingProperty(), change.getValue());
        }
        var policy = entry.path("policy").asText();
        return new PolicyCase(
                policy,
                new ReviewCase(
                        entry.path("name").asText(),
                        "/validate/" + policy,
                        ReviewTemplate.of(review),
                        new Expectation(
                                entry.path("allowed").asBoolean(),
                                entry.path("message").textValue(),
                                entry.get("patch"))));
    }

    private static JsonNode read(String resource) {
        try (var content = Workload.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new BenchmarkException("there is no resource " + resource);
            }
            return JSON.readTree(content);
        } catch (IOException failure) {
            throw new BenchmarkException("can not read the resource " + resource, failure);
        }
    }
}
