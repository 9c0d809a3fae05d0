package dev.portcullis.conformance.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The fixture policies of {@code conformance/policies}, by the name of their folder.
 *
 * <p>Committed modules come straight from the tree. Any other is built on first use into a cache
 * folder, under a digest of all sources, so that a change is never served stale. One process builds
 * at a time; the others wait for it and take what it built.
 */
public final class FixturePolicies {
    /**
     * System property that names the cache folder; {@code conformance/target/policies} without it.
     */
    public static final String CACHE_PROPERTY = "portcullis.policies.cache";

    private static final String FOLDER = "conformance/policies";
    private static final String METADATA = "metadata.yml";

    /** What modules are made of, besides code. */
    private static final Set<String> SOURCES =
            Set.of(
                    "go.mod",
                    "go.sum",
                    "build.sh",
                    METADATA,
                    "Cargo.toml",
                    "Cargo.lock",
                    "package.json",
                    "package-lock.json",
                    "asconfig.json");

    private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

    /** File locks hold between processes only, so threads of one process queue here. */
    private static final ReentrantLock BUILDING = new ReentrantLock();

    private final Path folder;
    private final Path cache;
    private final Map<String, String> environment;

    FixturePolicies(Path root, Path cache, Map<String, String> environment) {
        this.folder = root.resolve(FOLDER);
        this.cache = cache;
        this.environment = Map.copyOf(environment);
    }

    /**
     * The policies of the source tree that the working directory lies in.
     *
     * @throws IllegalStateException when the working directory is outside of the source tree
     */
    public static FixturePolicies inTree() {
        var root = rootAbove(Path.of(""));
        var configured = System.getProperty(CACHE_PROPERTY);
        var cache =
                configured == null
                        ? root.resolve("conformance/target/policies")
                        : Path.of(configured).toAbsolutePath();
        return new FixturePolicies(root, cache, Map.of());
    }

    static Path rootAbove(Path start) {
        for (var at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve(FOLDER).resolve("go.mod"))) {
                return at;
            }
        }
        throw new IllegalStateException(
                "no folder above "
                        + start.toAbsolutePath()
                        + " holds "
                        + FOLDER
                        + "/go.mod: run from inside the source tree");
    }

    /** The names of all fixture policies. */
    public SortedSet<String> names() {
        try (var entries = Files.list(folder)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve(METADATA)))
                    .map(entry -> entry.getFileName().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The module's bytes; see {@link #path}.
     *
     * @throws FixtureUnavailable when it has to be built and cannot be
     */
    public byte[] bytes(String name) {
        try {
            return Files.readAllBytes(path(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The module's file, with its metadata section. It must not be changed.
     *
     * @param name the policy's folder in {@code conformance/policies}
     * @throws FixtureUnavailable when it has to be built and cannot be
     * @throws IllegalArgumentException when there is no such policy
     */
    public Path path(String name) {
        if (!names().contains(name)) {
            throw new IllegalArgumentException(
                    "no fixture policy is named " + name + ": choose one of " + names());
        }
        var committed = folder.resolve("modules").resolve(name + ".wasm");
        if (Files.isRegularFile(committed)) {
            return committed;
        }
        try {
            var built = cache.resolve(sourceDigest()).resolve(name + ".wasm");
            if (!Files.isRegularFile(built)) {
                buildOnce(name, built);
            }
            return built;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The bytes of a policy written in Rego; all of them are committed.
     *
     * @param name the policy's folder in {@code conformance/policies/rego}
     */
    public byte[] rego(String name) {
        try {
            return Files.readAllBytes(regoFolder().resolve("modules").resolve(name + ".wasm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sources of the policies in Rego, and what OPA itself answers to their builtins. */
    public Path regoFolder() {
        return folder.resolve("rego");
    }

    /**
     * Builds all policies in Rego from their sources.
     *
     * @param target the folder for the modules
     * @throws FixtureUnavailable when they cannot be built
     */
    void buildRego(Path target) throws IOException {
        run(
                regoFolder().resolve("build.sh"),
                "the policies in Rego cannot be built",
                "--out",
                target.toString());
    }

    /**
     * Builds a module from its sources, whether it is committed or not.
     *
     * @param target the folder for {@code <name>.wasm}
     * @throws FixtureUnavailable when it cannot be built
     */
    Path build(String name, Path target) throws IOException {
        run("policy " + name + " cannot be built", "--out", target.toString(), name);
        return target.resolve(name + ".wasm");
    }

    /**
     * Runs the policies' own tests, in Go, and gives what they print.
     *
     * @throws FixtureUnavailable when they cannot run, or fail
     */
    String test() throws IOException {
        return run("the tests of the policies do not pass", "--test");
    }

    private String run(String failure, String... arguments) throws IOException {
        return run(folder.resolve("build.sh"), failure, arguments);
    }

    private String run(Path script, String failure, String... arguments) throws IOException {
        var command =
                Stream.concat(Stream.of("bash", script.toString()), Stream.of(arguments)).toList();
        // A file, because a full pipe would stop the build.
        var log = Files.createTempFile("portcullis-policies", ".log");
        try {
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            var exitCode = exitCodeOf(failure, builder);
            var output = Files.readString(log).strip();
            if (exitCode != 0) {
                throw new FixtureUnavailable(failure + ": " + output, lacks(exitCode), null);
            }
            return output;
        } finally {
            Files.delete(log);
        }
    }

    /** The exit codes by which build.sh says that the machine lacks something. */
    private static boolean lacks(int exitCode) {
        return exitCode >= 3 && exitCode <= 5;
    }

    private static int exitCodeOf(String failure, ProcessBuilder builder) {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new FixtureUnavailable(failure + ": needs bash on the PATH", true, e);
        }
        try {
            if (process.waitFor(BUILD_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            throw new FixtureUnavailable(
                    failure + ": still running after " + BUILD_LIMIT.toMinutes() + " minutes",
                    false,
                    null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FixtureUnavailable(failure + ": interrupted", false, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private void buildOnce(String name, Path built) throws IOException {
        Files.createDirectories(cache);
        BUILDING.lock();
        try (var lockFile =
                        FileChannel.open(
                                cache.resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = lockFile.lock()) {
            if (Files.isRegularFile(built)) {
                return;
            }
            Files.createDirectories(built.getParent());
            var scratch = Files.createTempDirectory(cache, name);
            try {
                Files.move(build(name, scratch), built, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.delete(scratch);
            }
        } finally {
            BUILDING.unlock();
        }
    }

    /** A digest over every file that the modules are made of. */
    private String sourceDigest() throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        try (var files = Files.walk(folder)) {
            for (var file : (Iterable<Path>) files.filter(this::isSource).sorted()::iterator) {
                digest.update(folder.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                digest.update(Files.readAllBytes(file));
                digest.update((byte) 0);
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private boolean isSource(Path file) {
        var name = file.getFileName().toString();
        return Files.isRegularFile(file)
                && !file.startsWith(regoFolder())
                && (Stream.of(".go", ".rs", ".ts").anyMatch(name::endsWith)
                        || SOURCES.contains(name));
    }
}
