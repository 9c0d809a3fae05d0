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
                    "requests before, which do not have to wait; 0 measures a gateway that was just"
                            + " started (default: ${DEFAULT-VALUE})")
    private int warmUp = 1_000;

    @Spec private @Nullable CommandSpec spec;

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
            driver.warmUp(waiting, warmUp, evaluations);
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
