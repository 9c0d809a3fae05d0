package dev.portcullis.conformance.benchmark;

import dev.portcullis.conformance.cluster.ClusterException;
import dev.portcullis.conformance.process.ProcessException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The command line of the benchmarks; {@code conformance/benchmark.sh} starts it. */
@Command(
        name = "benchmark.sh",
        description = "Measures a gateway in a process of its own. Output is Markdown.",
        subcommands = {
            TableBenchmark.class,
            MixedBenchmark.class,
            WaitingBenchmark.class,
            LoadCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Benchmark {
    private static volatile List<String> arguments = List.of();

    private Benchmark() {}

    /** Runs a subcommand; exit code 1 means that something was wrong or not as fast as asked. */
    public static void main(String[] words) {
        System.exit(
                execute(
                        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                        words));
    }

    /** Runs a subcommand and returns its exit code. */
    static int execute(PrintWriter out, PrintWriter err, String... words) {
        arguments = List.of(words);
        var command = new CommandLine(new Benchmark());
        command.setOut(out).setErr(err);
        addHelp(command);
        command.getSubcommands().values().forEach(Benchmark::addHelp);
        command.setExecutionExceptionHandler((failure, _, _) -> {
            err.println("benchmark: " + failure.getMessage());
            if (!isExpected(failure)) {
                failure.printStackTrace(err);
            }
            return 1;
        });
        return command.execute(words);
    }

    /** Whether the message alone tells the user what to do. */
    private static boolean isExpected(Exception failure) {
        return failure instanceof BenchmarkException
                || failure instanceof ClusterException
                || failure instanceof ProcessException
                || failure instanceof IllegalArgumentException;
    }

    private static void addHelp(CommandLine command) {
        command.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("print this help")
                                .build());
    }

    /** What to type to run this again, in the root of the source tree. */
    static String command() {
        return "conformance/benchmark.sh " + String.join(" ", arguments);
    }

    /** A report on the standard output of a command. */
    static Report report(@Nullable CommandSpec spec) {
        if (spec == null) {
            throw new IllegalStateException("a command runs before it has a specification");
        }
        return new Report(spec.commandLine().getOut());
    }
}
