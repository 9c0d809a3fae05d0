package dev.portcullis.conformance.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A server while it runs.
 *
 * <p>It never outlives this JVM. A shutdown hook is not enough for that, since a JVM that is killed
 * runs none; so each program has a guardian, a shell that waits for the end of its input, which
 * only this JVM holds open, and then kills the program and deletes its data.
 */
public final class ServerProcess {
    private static final String GUARDIAN =
            "trap '' INT TERM HUP; read -r _; kill -KILL \"$1\" 2>/dev/null; test -z \"$2\" || rm -rf \"$2\"";

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
     * @param name for messages
     * @param environment set besides what this JVM has
     * @param log gets what the program prints, after what it printed in earlier runs
     * @param data deleted when this JVM dies without stopping the program; may be absent
     * @throws ProcessException when there is no such program or the log can not be written
     */
    public static ServerProcess start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path log,
            Optional<Path> data) {
        try {
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            var process = builder.start();
            process.getOutputStream().close();
            try {
                return new ServerProcess(name, log, process, guard(process, data));
            } catch (IOException failure) {
                process.destroyForcibly();
                throw failure;
            }
        } catch (IOException failure) {
            throw new ProcessException("can not start " + name, failure);
        }
    }

    private static Process guard(Process process, Optional<Path> data) throws IOException {
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        GUARDIAN,
                        "guardian",
                        Long.toString(process.pid()),
                        data.map(Path::toString).orElse(""))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Whether it has not ended yet. */
    public boolean running() {
        return process.isAlive();
    }

    /** What it ended with, 128 and the number of the signal that killed it; empty while it runs. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** The process id of the program itself. */
    public long pid() {
        return process.pid();
    }

    /** The program and its guardian; neither is alive after {@link #stop}. */
    public List<ProcessHandle> handles() {
        return List.of(process.toHandle(), guardian.toHandle());
    }

    /** Freezes the program: its sockets stay open and nobody answers on them. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a frozen program go on. */
    public void resume() {
        signal("CONT");
    }

    /**
     * Ends the program: politely first, by force after ten seconds. Returns when it is gone, also
     * when the caller is interrupted meanwhile.
     */
    public void stop() {
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
    public void kill() {
        process.destroyForcibly();
        endsWithin(process, GRACE);
        guardian.destroyForcibly();
    }

    /** The exit code and the last lines of the log, for the message of a failure. */
    public String lastWords() {
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
                throw new ProcessException(
                        "can not send SIG" + signal + " to " + name + "; " + lastWords());
            }
        } catch (IOException failure) {
            throw new ProcessException("can not send SIG" + signal + " to " + name, failure);
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
