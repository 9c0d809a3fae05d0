package dev.portcullis.gateway.option;

import dev.portcullis.gateway.option.Invocation.Print;
import dev.portcullis.gateway.option.Invocation.Refuse;
import dev.portcullis.gateway.option.Invocation.Serve;
import dev.portcullis.host.GuestLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Reads the command line and the environment (policy-server §1). */
public final class GatewayCommand {
    private static final String NAME = "portcullis-gateway";

    private GatewayCommand() {}

    /**
     * What to do.
     *
     * @param terminal whether standard output is a terminal
     */
    public static Invocation of(
            List<String> arguments, Map<String, String> environment, boolean terminal) {
        CommandLine command = command();
        try {
            ParseResult parsed = command.parseArgs(arguments.toArray(String[]::new));
            if (parsed.hasSubcommand()) {
                return docs(parsed.subcommand());
            }
            if (parsed.isUsageHelpRequested()) {
                return new Print(command.getUsageMessage(Ansi.OFF));
            }
            if (parsed.isVersionHelpRequested()) {
                return new Print(version() + "\n");
            }
            return new Serve(options(new Values(parsed, environment), terminal));
        } catch (ParameterException | InvalidOptionException e) {
            return new Refuse(
                    "error: " + e.getMessage() + "\nTry '" + NAME + " --help' for all options.\n");
        }
    }

    /** Name and version of this build. */
    public static String version() {
        Properties build = new Properties();
        try (var in = GatewayCommand.class.getResourceAsStream("build.properties")) {
            if (in == null) {
                throw new IllegalStateException("build.properties is missing from the jar");
            }
            build.load(in);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read build.properties", e);
        }
        return NAME + " " + build.getProperty("version");
    }

    private static CommandLine command() {
        CommandSpec spec = CommandSpec.create().name(NAME);
        spec.usageMessage()
                .description("Judges Kubernetes admission requests with WebAssembly policies.")
                .sortOptions(false)
                .autoWidth(false)
                .width(100);
        for (Flag flag : Flag.values()) {
            spec.addOption(optionOf(flag));
        }
        spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Print this help.")
                        .build());
        spec.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Print the version.")
                        .build());
        CommandSpec docs = CommandSpec.create().name("docs");
        docs.usageMessage().description("Write this help as Markdown.");
        docs.addOption(
                OptionSpec.builder("-o", "--output")
                        .required(true)
                        .arity("1")
                        .type(String.class)
                        .paramLabel("FILE")
                        .description("Where to write it.")
                        .build());
        spec.addSubcommand("docs", docs);
        return new CommandLine(spec).setExpandAtFiles(false);
    }

    private static OptionSpec optionOf(Flag flag) {
        OptionSpec.Builder option =
                OptionSpec.builder(flag.option())
                        .hidden(flag.hidden())
                        .description(description(flag));
        String label = flag.valueLabel();
        if (label == null) {
            return option.arity("0").type(boolean.class).build();
        }
        return option.arity("1").type(String.class).paramLabel(label).build();
    }

    private static String description(Flag flag) {
        String fallback = flag.fallback() == null ? "" : ", default: " + flag.fallback();
        return flag.description() + " [env: " + flag.variable() + fallback + "]";
    }

    private static Invocation docs(ParseResult parsed) {
        Path output = Path.of(parsed.<String>matchedOptionValue("--output", ""));
        StringBuilder text = new StringBuilder();
        text.append("# ").append(NAME).append("\n\n");
        text.append("| flag | environment variable | default | meaning |\n|---|---|---|---|\n");
        for (Flag flag : Flag.values()) {
            if (!flag.hidden()) {
                String label = flag.valueLabel() == null ? "" : " " + flag.valueLabel();
                String fallback = flag.fallback() == null ? "" : flag.fallback();
                text.append("| `").append(flag.option()).append(label).append("` | `");
                text.append(flag.variable()).append("` | ").append(fallback).append(" | ");
                text.append(flag.description()).append(" |\n");
            }
        }
        try {
            Files.writeString(output, text);
        } catch (IOException e) {
            throw new InvalidOptionException("cannot write " + output + ": " + e.getMessage());
        }
        return new Print("");
    }

    private static GatewayOptions options(Values values, boolean terminal) {
        for (Flag flag : Flag.values()) {
            if (!flag.supported() && values.isSet(flag)) {
                throw new InvalidOptionException(
                        values.sourceOf(flag) + " is not supported by this version of Portcullis");
            }
        }
        LogOptions log =
                new LogOptions(
                        values.choice(Flag.LOG_LEVEL, LogOptions.Level.class),
                        values.choice(Flag.LOG_FMT, LogOptions.Format.class),
                        terminal && !values.isOn(Flag.LOG_NO_COLOR));
        boolean timeouts = !values.isOn(Flag.DISABLE_TIMEOUT_PROTECTION);
        return new GatewayOptions(
                values.address(),
                values.port(Flag.PORT),
                values.port(Flag.READINESS_PROBE_PORT),
                tls(values),
                values.requiredPath(Flag.POLICIES),
                values.isSet(Flag.WORKERS)
                        ? values.number(Flag.WORKERS, 1, 65_536)
                        : Runtime.getRuntime().availableProcessors(),
                values.number(Flag.MAX_EVALUATIONS, 1, 1_000_000),
                bodyLimit(values),
                guestLimits(values),
                timeouts ? values.seconds(Flag.POLICY_TIMEOUT) : null,
                alwaysAcceptNamespace(values),
                values.isOn(Flag.IGNORE_KUBERNETES_CONNECTION_FAILURE),
                values.isOn(Flag.CONTINUE_ON_ERRORS),
                log,
                values.isOn(Flag.ENABLE_METRICS),
                values.isOn(Flag.ENABLE_PPROF),
                Stream.of(Flag.POLICIES_DOWNLOAD_DIR, Flag.SIGSTORE_CACHE_DIR)
                        .filter(values::isSet)
                        .map(flag ->
                                new FolderOption(values.sourceOf(flag), values.requiredPath(flag)))
                        .toList(),
                daemon(values));
    }

    private static @Nullable String alwaysAcceptNamespace(Values values) {
        String namespace = values.text(Flag.ALWAYS_ACCEPT);
        if (namespace != null && namespace.isEmpty()) {
            throw new InvalidOptionException(
                    values.sourceOf(Flag.ALWAYS_ACCEPT) + " must not be empty");
        }
        return namespace;
    }

    private static ByteSize bodyLimit(Values values) {
        ByteSize limit = values.size(Flag.BODY_LIMIT);
        if (limit.bytes() > 1L << 30) {
            throw new InvalidOptionException(
                    values.sourceOf(Flag.BODY_LIMIT) + " must be at most 1GiB");
        }
        return limit;
    }

    private static GuestLimits guestLimits(Values values) {
        long memory = values.size(Flag.GUEST_MEMORY_LIMIT).bytes();
        if (memory < 65_536 || memory > GuestLimits.MAX_MEMORY_BYTES) {
            throw new InvalidOptionException(
                    values.sourceOf(Flag.GUEST_MEMORY_LIMIT)
                            + " must lie between 64KiB and "
                            + GuestLimits.MAX_MEMORY_BYTES
                            + " bytes");
        }
        return new GuestLimits(
                memory,
                values.size(Flag.GUEST_OUTPUT_LIMIT).bytes(),
                values.number(Flag.GUEST_HOST_CALL_LIMIT, 0, 1_000_000));
    }

    private static @Nullable DaemonOptions daemon(Values values) {
        if (values.isOn(Flag.DAEMON)) {
            return new DaemonOptions(
                    values.requiredPath(Flag.DAEMON_PID_FILE),
                    values.path(Flag.DAEMON_STDOUT_FILE),
                    values.path(Flag.DAEMON_STDERR_FILE));
        }
        for (Flag flag :
                List.of(Flag.DAEMON_PID_FILE, Flag.DAEMON_STDOUT_FILE, Flag.DAEMON_STDERR_FILE)) {
            if (values.isSet(flag)) {
                throw new InvalidOptionException(
                        values.sourceOf(flag) + " means nothing without --daemon");
            }
        }
        return null;
    }

    private static @Nullable TlsOptions tls(Values values) {
        Path certificate = values.path(Flag.CERT_FILE);
        Path key = values.path(Flag.KEY_FILE);
        List<Path> authorities = values.paths(Flag.CLIENT_CA_FILE);
        if (certificate != null && key != null) {
            return new TlsOptions(certificate, key, authorities);
        }
        if (certificate != null || key != null) {
            throw new InvalidOptionException("both certificate and key must be provided together");
        }
        if (!authorities.isEmpty()) {
            throw new InvalidOptionException(
                    "client CA certificate requires server certificate and key to be specified");
        }
        return null;
    }

    static Path pathOf(String source, String text) {
        try {
            if (text.isEmpty()) {
                throw new InvalidOptionException(source + " must not be empty");
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidOptionException(source + " is not a path: " + e.getMessage());
        }
    }
}
