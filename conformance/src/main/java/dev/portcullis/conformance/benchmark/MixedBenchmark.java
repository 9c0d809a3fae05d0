package dev.portcullis.conformance.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Alternates between two policies and two requests each and shows that no answer belongs to another
 * request and that memory does not grow.
 */
@Command(
        name = "mixed",
        description =
                "Alternates between two policies and two requests each: every answer has to be its"
                        + " own, and memory has to stay flat.")
final class MixedBenchmark implements Callable<Integer> {
    private static final int SAMPLES = 10;

    @Mixin private Setup setup = new Setup();

    @Option(names = "--requests", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int requests = 10_000;

    @Option(names = "--warm-up", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int warmUp = 3_000;

    @Option(names = "--connections", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int connections = 16;

    @Option(
            names = "--growth",
            paramLabel = "PERCENT",
            description =
                    "how much more memory may be resident at the end than after the warm-up"
                            + " (default: ${DEFAULT-VALUE})")
    private double allowedGrowth = 10;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var report = Benchmark.report(spec);
        var workload = Workload.standard();
        var cases = workload.casesWithoutLookups();
        try (var played = SlowApiServer.start();
                var gateway =
                        setup.gateway(
                                workload, played.kubeconfig(setup.work().resolve("kubeconfig")));
                var driver = new LoadDriver(gateway.url(), null)) {
            var pace = new Pace.AsFastAsPossible();
            var slowest = driver.warmUp(cases, warmUp, connections);
            var before = ResidentMemory.of(gateway);
            var rows = new ArrayList<List<String>>();
            int done = 0;
            for (int sample = 1; sample <= SAMPLES; sample++) {
                int upTo = (int) ((long) requests * sample / SAMPLES);
                if (upTo == done) {
                    continue;
                }
                var part = driver.run(new Load(cases, upTo - done, connections, pace)).allRight();
                done = upTo;
                var memory = ResidentMemory.of(gateway);
                rows.add(
                        List.of(
                                Integer.toString(done),
                                "%.0f".formatted(part.requestsPerSecond()),
                                Report.milliseconds(part.percentile(99)),
                                memory.nowInMebibytes(),
                                memory.peakInMebibytes()));
            }
            var growth = 100.0 * (ResidentMemory.of(gateway).now() - before.now()) / before.now();
            report.say(
                    "%d requests over %d connections, in turn to %s; every answer was that of its"
                                    .formatted(requests, connections, names(cases))
                            + " own request.");
            report.table(List.of("after", "requests/s", "p99", "resident", "peak"), rows);
            report.say(
                    "Resident after %d requests of warm-up, the slowest of which took %s: %s."
                            .formatted(warmUp, Report.seconds(slowest), before.nowInMebibytes()));
            report.say("Growth since: %.1f %%, allowed: %.1f %%.".formatted(growth, allowedGrowth));
            report.origin(Benchmark.command());
            if (growth > allowedGrowth) {
                throw new BenchmarkException(
                        "memory grew by %.1f %%, more than %.1f %%"
                                .formatted(growth, allowedGrowth));
            }
        }
        return 0;
    }

    private static String names(List<ReviewCase> cases) {
        return String.join("; ", cases.stream().map(one -> "*" + one.name() + "*").toList());
    }
}
