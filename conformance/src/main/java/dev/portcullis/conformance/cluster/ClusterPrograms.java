package dev.portcullis.conformance.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets the cluster's programs from {@code build.sh}, which builds them when it has to. */
final class ClusterPrograms {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPrograms.class);

    private static final Path SCRIPT = Path.of("conformance", "cluster", "build.sh");

    /** The script's exit code for "this machine lacks something", EX_UNAVAILABLE of sysexits. */
    private static final int MISSING = 69;

    private ClusterPrograms() {}

    /**
     * Finds the programs, building them first unless an earlier run did. The first call on a
     * machine takes minutes.
     *
     * @throws ClusterException when the build was possible and failed: that is a defect, not a lack
     */
    static Availability prepare() {
        var script = find(Path.of("").toAbsolutePath());
        if (script == null) {
            return new Availability.Missing(
                    "no " + SCRIPT + " in or above " + Path.of("").toAbsolutePath());
        }
        try {
            return build(script);
        } catch (IOException failure) {
            return new Availability.Missing(
                    "can not run " + script + " (it needs bash): " + failure.getMessage());
        }
    }

    private static Availability build(Path script) throws IOException {
        var process = new ProcessBuilder("bash", script.toString()).start();
        process.getOutputStream().close();
        var said = new ArrayList<String>();
        List<String> answer;
        // The script prints a single line to stdout, so reading it last can not block the script.
        try (var progress = process.errorReader(StandardCharsets.UTF_8);
                var output = process.inputReader(StandardCharsets.UTF_8)) {
            progress.lines()
                    .forEach(line -> {
                        LOG.info("{}", line);
                        said.add(line);
                    });
            answer = output.lines().toList();
        }
        int exit = exitOf(process, script);
        var last = said.isEmpty() ? "it said nothing" : said.getLast();
        if (exit == MISSING) {
            return new Availability.Missing(last);
        }
        if (exit != 0 || answer.isEmpty()) {
            throw new ClusterException(
                    script + " ended with exit code " + exit + ": " + String.join("\n", said));
        }
        return new Availability.Available(Path.of(answer.getLast()));
    }

    private static int exitOf(Process process, Path script) {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while " + script + " was running", interrupted);
        }
    }

    private static @Nullable Path find(Path folder) {
        for (Path candidate = folder; candidate != null; candidate = candidate.getParent()) {
            var script = candidate.resolve(SCRIPT);
            if (Files.isRegularFile(script)) {
                return script;
            }
        }
        return null;
    }
}
