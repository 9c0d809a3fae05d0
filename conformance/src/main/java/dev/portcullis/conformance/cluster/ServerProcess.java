package dev.portcullis.conformance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One program of the cluster while it runs.
 *
 * <p>It never outlives this JVM. A shutdown hook is not enough for that, since a JVM that is killed
 * runs none; so each program has a guardian, a shell that waits for the end of its input, which
 * only this JVM holds open, and then kills the program and deletes its data.
 */
final class ServerProcess {
    private static final String GUARDIAN =
            "trap '' INT TERM HUP; read -r _; kill -KILL \"$1\" 2>/dev/null; rm -rf \"$2\"";

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int LAST_LINES = 15;

    private final String name;
    private final Path log;
    private final Process process;
    private final Process guardian;

    private ServerProcess(String name, Path log, Process process, Process guardian) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.guardian = guardian;
    }

    /**
     * Starts a program.
     *
     * @param log gets what the program prints, after what it printed in earlier runs
     * @param data deleted when this JVM dies without stopping the program
     */
    static ServerProcess start(String name, List<String> command, Path log, Path data) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
            process.getOutputStream().close();
            try {
                return new ServerProcess(name, log, process, guard(process, data));
            } catch (IOException failure) {
                process.destroyForcibly();
                throw failure;
            }
        } catch (IOException failure) {
            throw new ClusterException("can not start " + name, failure);
        }
    }

    private static Process guard(Process process, Path data) throws IOException {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        GUARDIAN,
                        "guardian",
                        Long.toString(process.pid()),
                        data.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    boolean running() {
        return process.isAlive();
    }

    List<ProcessHandle> handles() {
        return List.of(process.toHandle(), guardian.toHandle());
    }

    /** Freezes the program: its sockets stay open and nobody answers on them. */
    void pause() {
        signal("STOP");
    }

    /** Lets a frozen program go on. */
    void resume() {
        signal("CONT");
    }

    /**
     * Ends the program: politely first, by force after ten seconds. Returns when it is gone, also
     * when the caller is interrupted meanwhile.
     */
    void stop() {
        if (process.isAlive()) {
            resume(); // a frozen program would never see the polite signal
            process.destroy();
        }
        if (!endsWithin(process, GRACE)) {
            kill();
        }
        guardian.destroyForcibly();
        endsWithin(guardian, GRACE);
    }

    /** Ends the program at once, without waiting. For when the JVM is going down. */
    void kill() {
        process.destroyForcibly();
        endsWithin(process, GRACE);
        guardian.destroyForcibly();
    }

    /** The exit code and the last lines of the log, for the message of a failure. */
    String lastWords() {
        var state =
                process.isAlive()
                        ? name + " is running"
                        : name + " ended with exit code " + process.exitValue();
        try {
            var lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            var last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
            return state + "; the end of " + log + ":\n" + String.join("\n", last);
        } catch (IOException | UncheckedIOException unreadable) {
            return state + "; its log can not be read: " + unreadable;
        }
    }

    private void signal(String signal) {
        try {
            // The shell's own kill: the program of that name is a package that may be missing.
            var sent =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    "kill -s \"$1\" \"$2\"",
                                    "signal",
                                    signal,
                                    Long.toString(process.pid()))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!endsWithin(sent, GRACE) || sent.exitValue() != 0) {
                throw new ClusterException(
                        "can not send SIG" + signal + " to " + name + "; " + lastWords());
            }
        } catch (IOException failure) {
            throw new ClusterException("can not send SIG" + signal + " to " + name, failure);
        }
    }

    private static boolean endsWithin(Process process, Duration bound) {
        try {
            return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }
}
