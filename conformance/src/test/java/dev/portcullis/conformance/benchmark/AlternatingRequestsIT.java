package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.conformance.process.GatewayLaunch;
import dev.portcullis.conformance.process.GatewayProcess;
import dev.portcullis.conformance.process.SourceTree;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many requests to one gateway do not see each other. */
class AlternatingRequestsIT {
    private static final int REQUESTS = 2_000;
    private static final int CONNECTIONS = 16;

    @TempDir private Path folder;

    @Test
    void twoPoliciesAndTwoRequestsEachAreNeverMixedUp() throws Exception {
        var workload = Workload.standard().only(List.of("required-labels", "add-annotations"));
        assertThat(workload.cases()).hasSize(4);
        var policies = folder.resolve("policies.json");
        workload.writePolicies(policies, SourceTree.root().resolve("conformance/policies/modules"));
        try (var played = SlowApiServer.start();
                var gateway =
                        GatewayProcess.start(
                                GatewayLaunch.ofTree(
                                        policies,
                                        played.kubeconfig(folder.resolve("kubeconfig")),
                                        "--policy-timeout=30"),
                                Path.of("target", "benchmark", "AlternatingRequestsIT.log"));
                var driver = new LoadDriver(gateway.url(), null)) {
            var cases = workload.casesWithoutLookups();
            var result =
                    driver.run(new Load(cases, REQUESTS, CONNECTIONS, new Pace.AsFastAsPossible()));
            assertThat(result.examples()).isEmpty();
            assertThat(result.wrong()).isZero();
            assertThat(result.latencies().getTotalCount()).isEqualTo(REQUESTS);
        }
    }
}
