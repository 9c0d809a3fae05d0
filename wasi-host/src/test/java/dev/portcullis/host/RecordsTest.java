package dev.portcullis.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.PolicyMetadata.ExecutionMode;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyMetadata.Resource;
import dev.portcullis.host.PolicyMetadata.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordsTest {
    @Test
    void aResponseKeepsItsOwnCopies() {
        var annotations = new HashMap<>(Map.of("a", "1"));
        var warnings = new ArrayList<>(List.of("w"));
        var response = new ValidationResponse(true, null, null, null, annotations, warnings);

        annotations.clear();
        warnings.clear();

        assertThat(response.auditAnnotations()).containsExactly(Map.entry("a", "1"));
        assertThat(response.warnings()).containsExactly("w");
    }

    @Test
    void aResponseMayLackEverythingButItsVerdict() {
        var response = new ValidationResponse(false, null, null, null, null, null);

        assertThat(response.auditAnnotations()).isNull();
        assertThat(response.warnings()).isNull();
    }

    @Test
    void metadataKeepsItsOwnCopies() {
        var words = new ArrayList<>(List.of("pods"));
        var rules = new ArrayList<>(List.of(new Rule(words, words, words, words)));
        var annotations = new HashMap<>(Map.of("a", "1"));
        var resources = new ArrayList<>(List.of(new Resource("v1", "Pod")));
        var capabilities = new ArrayList<>(List.of("*"));
        var metadata =
                new PolicyMetadata(
                        "v1",
                        rules,
                        true,
                        annotations,
                        true,
                        ExecutionMode.WASI,
                        PolicyType.RAW,
                        resources,
                        capabilities,
                        null);

        words.clear();
        rules.clear();
        annotations.clear();
        resources.clear();
        capabilities.clear();

        assertThat(metadata.rules()).hasSize(1);
        assertThat(metadata.rules().getFirst().resources()).containsExactly("pods");
        assertThat(metadata.annotations()).hasSize(1);
        assertThat(metadata.contextAwareResources()).hasSize(1);
        assertThat(metadata.hostCapabilities()).hasSize(1);
    }

    @Test
    void theModesAndTypesHaveTheNamesOfTheSpecification() {
        assertThat(ExecutionMode.values())
                .extracting(ExecutionMode::wireName)
                .containsExactly("kubewarden-wapc", "wasi", "opa", "gatekeeper");
        assertThat(PolicyType.values())
                .extracting(PolicyType::wireName)
                .containsExactly("kubernetes", "raw");
    }

    @Test
    void theGrantOfACallIsItsNamespaceAndOperation() {
        assertThat(new HostCall("kubewarden", "oci", "v1/verify", new byte[0]).path())
                .isEqualTo("oci/v1/verify");
    }

    @Test
    void whereNoOneAnswersEveryCallIsRefusedInTheWordsOfTheReference() throws Exception {
        var call = new HostCall("kubewarden", "kubernetes", "can_i", new byte[0]);

        assertThat(HostCalls.NONE.call(call, Deadline.none()))
                .isEqualTo(
                        new HostAnswer.Failure(
                                "Policy has not been granted access to the 'kubernetes/can_i' host"
                                        + " capability. The violation has been reported."));
    }

    @Test
    void unboundedPermitsAreAlwaysThere() throws Exception {
        for (int i = 0; i < 3; i++) {
            ComputePermits.UNBOUNDED.acquire();
        }
        ComputePermits.UNBOUNDED.release();

        assertThat(Thread.interrupted()).isFalse();
    }
}
