package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.cluster.Availability;
import dev.portcullis.conformance.cluster.Cluster;
import dev.portcullis.conformance.process.GatewayProcess;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the table of speed and memory, a line for each policy. */
@Command(
        name = "table",
        description =
                "Measures every policy: how much it can do, its latency at a fixed rate, memory.")
final class TableBenchmark implements Callable<Integer> {
    private static final List<String> TITLES =
            List.of(
                    "policy",
                    "slowest cold",
                    "requests/s",
                    "p50",
                    "p99",
                    "fixed rate",
                    "p50",
                    "p99",
                    "resident",
                    "peak");

    @Mixin private Setup setup = new Setup();

    @Option(names = "--requests", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int requests = 2_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "requests to each policy before measuring (default: ${DEFAULT-VALUE})")
    private int warmUp = 1_000;

    @Option(names = "--connections", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int connections = 8;

    @Option(
            names = "--load",
            paramLabel = "SHARE",
            description =
                    "the fixed rate, as a share of the requests/s measured before (default:"
                            + " ${DEFAULT-VALUE})")
    private double share = 0.5;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var report = Benchmark.report(spec);
        var workload = Workload.standard();
        switch (Cluster.availability()) {
            case Availability.Available _ -> {
                try (var cluster = Cluster.start(setup.work().resolve("cluster"))) {
                    populate(cluster);
                    try (var gateway = setup.gateway(workload, cluster.kubeconfig())) {
                        measure(report, workload, gateway, "a real kube-apiserver and etcd");
                    }
                }
            }
            case Availability.Missing missing -> {
                try (var played = SlowApiServer.start()) {
                    var kubeconfig = played.kubeconfig(setup.work().resolve("kubeconfig"));
                    try (var gateway = setup.gateway(workload, kubeconfig)) {
                        measure(
                                report,
                                workload,
                                gateway,
                                "a played API server (" + missing.reason() + ")");
                    }
                }
            }
        }
        return 0;
    }

    private void measure(
            Report report, Workload workload, GatewayProcess gateway, String apiServer) {
        var atStart = ResidentMemory.of(gateway);
        var rows = new ArrayList<List<String>>();
        try (var driver = new LoadDriver(gateway.url(), null)) {
            for (var policy : (Iterable<String>) workload.policies()::fieldNames) {
                rows.add(row(driver, gateway, policy, workload.casesOf(policy)));
            }
        }
        report.say(
                "%d requests a policy over %d connections after %d to warm up, each answer checked;"
                                .formatted(requests, connections, warmUp)
                        + " gateway with "
                        + setup.workers()
                        + " workers, load driver and "
                        + apiServer
                        + " on the same machine.");
        report.table(TITLES, rows);
        report.say(
                "Ready after %s, with %s resident."
                        .formatted(
                                Report.seconds(gateway.timeToReady()), atStart.nowInMebibytes()));
        report.say(
                "*Slowest cold* is the longest answer of the warm-up. The first two latencies are of"
                        + " connections that send again at once; the other two count from the moment"
                        + " at which each request was due.");
        report.origin(Benchmark.command());
    }

    private List<String> row(
            LoadDriver driver, GatewayProcess gateway, String policy, List<ReviewCase> cases) {
        var full = new Pace.AsFastAsPossible();
        var slowest = driver.warmUp(cases, warmUp, connections);
        var most = driver.run(new Load(cases, requests, connections, full)).allRight();
        var rate = most.requestsPerSecond() * share;
        var steady =
                driver.run(new Load(cases, requests, connections, new Pace.FixedRate(rate)))
                        .allRight();
        var memory = ResidentMemory.of(gateway);
        return List.of(
                policy,
                Report.milliseconds(slowest),
                "%.0f".formatted(most.requestsPerSecond()),
                Report.milliseconds(most.percentile(50)),
                Report.milliseconds(most.percentile(99)),
                "%.0f/s".formatted(rate),
                Report.milliseconds(steady.percentile(50)),
                Report.milliseconds(steady.percentile(99)),
                memory.nowInMebibytes(),
                memory.peakInMebibytes());
    }

    /** Makes in a real cluster what {@link SlowApiServer} plays. */
    private static void populate(Cluster cluster) {
        try (var client =
                new KubernetesClientBuilder()
                        .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                        .build()) {
            client.resource(
                            new NamespaceBuilder()
                                    .withNewMetadata()
                                    .withName(SlowApiServer.NAMESPACE)
                                    .addToLabels("customer-id", SlowApiServer.CUSTOMER)
                                    .endMetadata()
                                    .build())
                    .create();
            client.resource(
                            new ServiceBuilder()
                                    .withNewMetadata()
                                    .withNamespace(SlowApiServer.NAMESPACE)
                                    .withName(SlowApiServer.SERVICE)
                                    .addToLabels("customer-id", SlowApiServer.CUSTOMER)
                                    .endMetadata()
                                    .withNewSpec()
                                    .addNewPort()
                                    .withPort(443)
                                    .endPort()
                                    .endSpec()
                                    .build())
                    .create();
        }
    }
}
