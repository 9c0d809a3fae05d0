package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    private final ObjectMapper json = new ObjectMapper();
    private final Workload workload = Workload.standard();

    @Test
    void requestsWithoutLookupsAlternateBetweenTwoPoliciesAndTwoRequestsEach() {
        assertThat(workload.casesWithoutLookups())
                .extracting(ReviewCase::path)
                .containsExactly(
                        "/validate/required-labels",
                        "/validate/add-annotations",
                        "/validate/required-labels",
                        "/validate/add-annotations");
        assertThat(workload.casesWithoutLookups())
                .extracting(ReviewCase::name)
                .doesNotHaveDuplicates();
    }

    @Test
    void changesOfACaseReachItsReview() throws Exception {
        var done = workload.casesOf("add-annotations").get(1);
        var metadata =
                json.readTree(done.review().body(1).getBytes()).at("/request/object/metadata");
        assertThat(metadata.at("/annotations/painters.example.test~1varnish").asText())
                .isEqualTo("matt");
        assertThat(metadata.at("/labels/owner").asText()).isEqualTo("painters");

        var refused = workload.casesOf("required-labels").get(1);
        assertThat(
                        json.readTree(refused.review().body(3).getBytes())
                                .at("/request/object/metadata/labels/owner")
                                .asText())
                .isEqualTo("painter-3");
    }

    @Test
    void aPoliciesFileNamesModulesByTheirAddress(@TempDir Path folder) throws Exception {
        for (var policy : (Iterable<String>) workload.policies()::fieldNames) {
            Files.write(folder.resolve(policy + ".wasm"), new byte[0]);
        }
        var file = folder.resolve("policies.json");
        workload.writePolicies(file, folder);
        assertThat(json.readTree(file.toFile()).at("/team-owner/module").asText())
                .isEqualTo(folder.resolve("team-owner.wasm").toUri().toString())
                .startsWith("file:///");
    }

    @Test
    void aModuleThatIsNotThereIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> workload.writePolicies(folder.resolve("policies.json"), folder))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("there is no policy module " + folder.resolve("required-labels.wasm"));
    }
}
