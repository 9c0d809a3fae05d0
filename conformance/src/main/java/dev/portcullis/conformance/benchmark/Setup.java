package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.process.GatewayLaunch;
import dev.portcullis.conformance.process.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that say which gateway is measured and where its files are. */
final class Setup {
    private static final String TIMEOUT = "--policy-timeout";

    @Option(
            names = "--gateway",
            paramLabel = "FILE",
            description = "launcher of the gateway (default: ${DEFAULT-VALUE})")
    private Path launcher = Path.of("dist", "bin", "portcullis-gateway");

    @Option(
            names = "--modules",
            paramLabel = "FOLDER",
            description = "where the policy modules are (default: ${DEFAULT-VALUE})")
    private Path modules = Path.of("conformance", "policies", "modules");

    @Option(
            names = "--work",
            paramLabel = "FOLDER",
            description = "gets policies file, kubeconfig and logs (default: ${DEFAULT-VALUE})")
    private Path work = Path.of("conformance", "target", "benchmark");

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "the gateway's --workers (default: the number of cores)")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--gateway-option",
            paramLabel = "OPTION",
            description =
                    "one more flag for the gateway, such as --gateway-option=--log-level=warn")
    private List<String> options = new ArrayList<>();

    /** A folder for the files of this run. */
    Path work() {
        try {
            return Files.createDirectories(work);
        } catch (IOException failure) {
            throw new BenchmarkException("can not make the folder " + work, failure);
        }
    }

    int workers() {
        return workers;
    }

    /**
     * Starts the gateway with all policies of a workload. A request may take long, unless the
     * options say otherwise: a slow answer is to show as a slow answer.
     */
    GatewayProcess gateway(Workload workload, Path kubeconfig) {
        var policies = work().resolve("policies.json");
        workload.writePolicies(policies, modules);
        var all = new ArrayList<>(options);
        if (options.stream().noneMatch(option -> option.startsWith(TIMEOUT))) {
            all.add(TIMEOUT + "=30");
        }
        all.addAll(List.of("--workers", Integer.toString(workers)));
        return GatewayProcess.start(
                new GatewayLaunch(launcher, policies, kubeconfig, Optional.empty(), all),
                work().resolve("gateway.log"));
    }
}
