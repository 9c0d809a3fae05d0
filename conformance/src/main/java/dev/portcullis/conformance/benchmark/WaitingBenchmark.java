package dev.portcullis.conformance.benchmark;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets many evaluations wait at once on a slow API server and shows how long all of them take. */
@Command(
        name = "waiting",
        description =
                "Sends many requests at once, each of which makes its policy wait for a slow API"
                        + " server, and prints how long all of them take.")
final class WaitingBenchmark implements Callable<Integer> {
    private static final Duration RAMP_LOOKUP = Duration.ofMillis(500);
    private static final int RAMP_STEPS = 8;
    private static final int WARM_UP_CONNECTIONS = 8;

    @Mixin private Setup setup = new Setup();

    @Option(names = "--evaluations", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int evaluations = 500;

    @Option(
            names = "--lookup",
            paramLabel = "DURATION",
            description = "how long the API server takes (default: ${DEFAULT-VALUE})")
    private Duration lookup = Duration.ofSeconds(2);

    @Option(
            names = "--limit",
            paramLabel = "DURATION",
            description = "how long all may take together (default: ${DEFAULT-VALUE})")
    private Duration limit = Duration.ofSeconds(4);

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description =
                    "requests before, after which connections to the API server are open; 0 measures a gateway that was just"
                            + " started (default: ${DEFAULT-VALUE})")
    private int warmUp = 1_000;

    @Spec private @Nullable CommandSpec spec;

    /**
     * Lets more and more evaluations wait, each time a little. The gateway then has its connections
     * to the API server: hundreds of cold TLS handshakes at once are a cost of their own, which
     * {@code --warm-up 0} shows.
     */
    private void openConnections(
            SlowApiServer played, LoadDriver driver, List<ReviewCase> waiting) {
        played.slowDown(RAMP_LOOKUP);
        for (int part = RAMP_STEPS; part > 0; part--) {
            int atOnce = Math.max(1, evaluations / part);
            driver.run(new Load(waiting, atOnce, atOnce, new Pace.AsFastAsPossible())).allRight();
        }
    }

    @Override
    public Integer call() {
        var report = Benchmark.report(spec);
        var workload = Workload.standard();
        // The first case of the policy goes all the way to the question that takes long.
        var waiting = List.of(workload.casesOf("team-owner").getFirst());
        try (var played = SlowApiServer.start();
                var gateway =
                        setup.gateway(
                                workload, played.kubeconfig(setup.work().resolve("kubeconfig")));
                var driver = new LoadDriver(gateway.url(), null)) {
            var pace = new Pace.AsFastAsPossible();
            if (warmUp > 0) {
                driver.warmUp(waiting, warmUp, Math.min(evaluations, WARM_UP_CONNECTIONS));
                openConnections(played, driver, waiting);
            }
            played.slowDown(lookup);
            var result = driver.run(new Load(waiting, evaluations, evaluations, pace));
            var lookups = played.lookups();
            if (result.wrong() > 0) {
                report.say("Asked of the API server: " + lookups);
                result.allRight();
            }
            if (lookups.users() != evaluations) {
                throw new BenchmarkException(
                        "%d evaluations asked for %d users: answers came from memory, so this"
                                        .formatted(evaluations, lookups.users())
                                + " measured nothing");
            }
            var memory = ResidentMemory.of(gateway);
            report.table(
                    List.of("", ""),
                    List.of(
                            List.of("evaluations at once", Integer.toString(evaluations)),
                            List.of("workers", Integer.toString(setup.workers())),
                            List.of("one lookup", Report.seconds(lookup)),
                            List.of(
                                    "most lookups waiting at once",
                                    Integer.toString(lookups.mostAtOnce())),
                            List.of("last lookup asked after", Report.seconds(lookups.last())),
                            List.of("all answered after", Report.seconds(result.wall())),
                            List.of("p50", Report.seconds(result.percentile(50))),
                            List.of("p99", Report.seconds(result.percentile(99))),
                            List.of("resident", memory.nowInMebibytes()),
                            List.of("peak", memory.peakInMebibytes())));
            report.origin(Benchmark.command());
            if (result.wall().compareTo(limit) > 0) {
                throw new BenchmarkException(
                        "all together took "
                                + Report.seconds(result.wall())
                                + ", more than "
                                + Report.seconds(limit));
            }
        }
        return 0;
    }
}
