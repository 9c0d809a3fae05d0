package dev.portcullis.conformance.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Puts load on any server that answers admission reviews. Each body is asked once at first; every
 * later answer has to be the same but for the uid.
 */
@Command(
        name = "load",
        description =
                "Puts load on any server that answers admission reviews. Each body is sent once at"
                        + " first, and every later answer has to be the same but for the uid.")
final class LoadCommand implements Callable<Integer> {
    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "where reviews are sent, for example http://127.0.0.1:3000/validate/demo")
    private @Nullable URI url;

    @Option(
            names = "--body",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "AdmissionReviews, sent in turn; @NUMBER@ in them becomes a new number")
    private List<Path> bodies = new ArrayList<>();

    @Option(names = "--connections", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int connections = 8;

    @Option(names = "--requests", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
    private int requests = 10_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "requests a second; as fast as possible without")
    private @Nullable Double rate;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM file with the authority to trust for https")
    private @Nullable Path authority;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "process whose memory is printed, on Linux")
    private @Nullable Long pid;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        var report = Benchmark.report(spec);
        var target = url;
        if (target == null || target.getHost() == null || target.getScheme() == null) {
            throw new BenchmarkException("--url needs a scheme and a host: " + target);
        }
        var before = pid == null ? null : ResidentMemory.of(pid);
        try (var driver = new LoadDriver(target, authority)) {
            var cases = new ArrayList<ReviewCase>();
            for (var body : bodies) {
                var made = caseOf(driver, target, body);
                cases.add(made);
                report.say(
                        "%s: allowed: %s, message: %s, patch: %s"
                                .formatted(
                                        body,
                                        made.expectation().allowed(),
                                        made.expectation().message(),
                                        made.expectation().patch()));
            }
            var pace = rate == null ? new Pace.AsFastAsPossible() : new Pace.FixedRate(rate);
            var result = driver.run(new Load(cases, requests, connections, pace)).allRight();
            report.table(
                    List.of("requests", "requests/s", "p50", "p99", "p99.9", "longest"),
                    List.of(
                            List.of(
                                    Integer.toString(requests),
                                    "%.0f".formatted(result.requestsPerSecond()),
                                    Report.milliseconds(result.percentile(50)),
                                    Report.milliseconds(result.percentile(99)),
                                    Report.milliseconds(result.percentile(99.9)),
                                    Report.milliseconds(result.percentile(100)))));
        }
        if (pid != null && before != null) {
            var after = ResidentMemory.of(pid);
            report.say(
                    "Resident before: %s, after: %s, peak: %s."
                            .formatted(
                                    before.nowInMebibytes(),
                                    after.nowInMebibytes(),
                                    after.peakInMebibytes()));
        }
        report.origin(Benchmark.command());
        return 0;
    }

    private static ReviewCase caseOf(LoadDriver driver, URI target, Path body) {
        var query = target.getRawQuery();
        var path = target.getRawPath() + (query == null ? "" : "?" + query);
        try {
            var review = ReviewTemplate.of(new ObjectMapper().readTree(body.toFile()));
            var answer = driver.ask(path, review);
            return new ReviewCase(
                    body.toString(),
                    path,
                    review,
                    Expectation.like(answer.status(), answer.body()));
        } catch (IOException failure) {
            throw new BenchmarkException("can not read the review " + body, failure);
        }
    }
}
