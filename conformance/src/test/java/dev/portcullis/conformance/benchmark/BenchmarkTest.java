package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands against a {@link FakeGateway} in a process of its own. */
class BenchmarkTest {
    @TempDir private Path folder;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void layOut() throws Exception {
        var launcher = folder.resolve("gateway");
        Files.createFile(
                launcher,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '%s/bin/java' -Xmx256m -cp '%s' %s \"$@\"\n"
                        .formatted(
                                System.getProperty("java.home"),
                                System.getProperty("java.class.path"),
                                FakeGateway.class.getName()));
        for (var policy : (Iterable<String>) Workload.standard().policies()::fieldNames) {
            Files.write(folder.resolve(policy + ".wasm"), new byte[0]);
        }
    }

    @Test
    void mixedPrintsMemoryOverTime() {
        assertThat(run("mixed", "--requests=500", "--warm-up=500", "--growth=1000"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("every answer was that of its own request")
                .containsPattern("\\| 500 \\| \\d+ \\| [\\d.]+ ms \\| \\d+ MiB \\| \\d+ MiB \\|")
                .contains("Command: `conformance/benchmark.sh");
    }

    @Test
    void memoryThatGrowsIsAFailure() {
        assertThat(run("mixed", "--requests=20", "--warm-up=20", "--growth=-100")).isEqualTo(1);
        assertThat(err.toString()).contains("memory grew by");
    }

    @Test
    void aWrongAnswerIsAFailureThatShowsIt() {
        assertThat(run("mixed", "--requests=20", "--warm-up=20", "--gateway-option=--wrong-uid"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("2 of 2 answers are wrong").contains("uid is not");
    }

    @Test
    void waitingPrintsHowLongAllTook() {
        assertThat(
                        run(
                                "waiting",
                                "--evaluations=50",
                                "--warm-up=50",
                                "--lookup=PT0.5S",
                                "--limit=PT60S"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .contains("| evaluations at once | 50 |")
                .contains("| one lookup | 0.50 s |");
    }

    @Test
    void waitingLongerThanTheLimitIsAFailure() {
        assertThat(
                        run(
                                "waiting",
                                "--evaluations=2",
                                "--warm-up=0",
                                "--lookup=PT0.2S",
                                "--limit=PT0.1S"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("more than 0.10 s");
    }

    @Test
    void aMissingGatewayIsNamed() {
        assertThat(run("mixed", "--gateway=" + folder.resolve("none"))).isEqualTo(1);
        assertThat(err.toString())
                .contains("there is no " + folder.resolve("none") + "; build it with: mvn package");
    }

    @Test
    void aGatewayThatEndsAtOnceIsReportedWithItsLastWords() throws Exception {
        Files.writeString(folder.resolve("gateway"), "#!/bin/sh\necho no such flag\nexit 3\n");
        assertThat(run("mixed")).isEqualTo(1);
        assertThat(err.toString())
                .contains("gateway ended with exit code 3")
                .contains("no such flag");
    }

    @Test
    void loadHoldsEveryAnswerAgainstTheFirst() throws Exception {
        var body = folder.resolve("review.json");
        Files.write(
                body,
                Workload.standard()
                        .casesOf("required-labels")
                        .getFirst()
                        .review()
                        .body(1)
                        .getBytes());
        try (var gateway = FakeGateway.start()) {
            var url = "http://127.0.0.1:" + gateway.port() + "/validate/required-labels";
            assertThat(
                            execute(
                                    "load",
                                    "--url=" + url,
                                    "--body=" + body + "," + body,
                                    "--requests=100",
                                    "--pid=" + ProcessHandle.current().pid()))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString())
                    .contains("allowed: true")
                    .containsPattern("\\| 100 \\| \\d+ \\|")
                    .containsPattern("Resident before: \\d+ MiB");
        }
    }

    private int run(String command, String... more) {
        var words =
                new ArrayList<>(
                        List.of(
                                command,
                                "--modules=" + folder,
                                "--work=" + folder.resolve("work")));
        if (List.of(more).stream().noneMatch(word -> word.startsWith("--gateway="))) {
            words.add("--gateway=" + folder.resolve("gateway"));
        }
        words.addAll(List.of(more));
        return execute(words.toArray(String[]::new));
    }

    private int execute(String... words) {
        return Benchmark.execute(new PrintWriter(out), new PrintWriter(err, true), words);
    }
}
