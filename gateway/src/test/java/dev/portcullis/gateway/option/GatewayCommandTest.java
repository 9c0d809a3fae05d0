package dev.portcullis.gateway.option;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.option.Invocation.Print;
import dev.portcullis.gateway.option.Invocation.Refuse;
import dev.portcullis.gateway.option.Invocation.Serve;
import dev.portcullis.host.GuestLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of policy-server §1. */
class GatewayCommandTest {
    private static Invocation of(Map<String, String> environment, String... arguments) {
        return GatewayCommand.of(List.of(arguments), environment, false);
    }

    private static GatewayOptions options(Map<String, String> environment, String... arguments) {
        Invocation invocation = of(environment, arguments);
        assertThat(invocation).isInstanceOf(Serve.class);
        return ((Serve) invocation).options();
    }

    private static String refusal(Map<String, String> environment, String... arguments) {
        Invocation invocation = of(environment, arguments);
        assertThat(invocation).isInstanceOf(Refuse.class);
        return ((Refuse) invocation).text();
    }

    @Test
    void withoutFlagsTheDefaultsOfTheReferenceHold() {
        GatewayOptions options = options(Map.of());
        assertThat(options.address()).isEqualTo("0.0.0.0");
        assertThat(options.port()).isEqualTo(3000);
        assertThat(options.readinessPort()).isEqualTo(8081);
        assertThat(options.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(options.policies()).isEqualTo(Path.of("policies.yml"));
        assertThat(options.policyTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.tls()).isNull();
        assertThat(options.alwaysAcceptNamespace()).isNull();
        assertThat(options.continueOnErrors()).isFalse();
        assertThat(options.ignoreKubernetesConnectionFailure()).isFalse();
        assertThat(options.log())
                .isEqualTo(new LogOptions(LogOptions.Level.INFO, LogOptions.Format.TEXT, false));
    }

    @Test
    void withoutFlagsTheBoundsOfPortcullisHold() {
        GatewayOptions options = options(Map.of());
        assertThat(options.bodyLimit()).isEqualTo(new ByteSize(8L << 20));
        assertThat(options.guestLimits()).isEqualTo(GuestLimits.DEFAULT);
        assertThat(options.maxEvaluations()).isEqualTo(4_096);
    }

    @Test
    void aFlagWinsOverItsVariable() {
        assertThat(options(Map.of("KUBEWARDEN_PORT", "1"), "--port", "2").port()).isEqualTo(2);
    }

    @Test
    void aValueMayFollowAnEqualsSign() {
        assertThat(options(Map.of(), "--port=2").port()).isEqualTo(2);
    }

    @Test
    void everySupportedValueCanComeFromTheEnvironment() {
        GatewayOptions options =
                options(
                        Map.ofEntries(
                                Map.entry("KUBEWARDEN_BIND_ADDRESS", "[::1]"),
                                Map.entry("KUBEWARDEN_PORT", "1"),
                                Map.entry("KUBEWARDEN_READINESS_PROBE_PORT", "2"),
                                Map.entry("KUBEWARDEN_WORKERS", "3"),
                                Map.entry("KUBEWARDEN_CERT_FILE", "cert.pem"),
                                Map.entry("KUBEWARDEN_KEY_FILE", "key.pem"),
                                Map.entry("KUBEWARDEN_CLIENT_CA_FILE", "/ca/a.pem,/ca/b.pem"),
                                Map.entry("KUBEWARDEN_POLICIES", "p.yml"),
                                Map.entry(
                                        "KUBEWARDEN_ALWAYS_ACCEPT_ADMISSION_REVIEWS_ON_NAMESPACE",
                                        "kubewarden"),
                                Map.entry("KUBEWARDEN_POLICY_TIMEOUT", "7"),
                                Map.entry(
                                        "KUBEWARDEN_IGNORE_KUBERNETES_CONNECTION_FAILURE", "true"),
                                Map.entry("KUBEWARDEN_CONTINUE_ON_ERRORS", "true"),
                                Map.entry("KUBEWARDEN_LOG_LEVEL", "debug"),
                                Map.entry("KUBEWARDEN_LOG_FMT", "json"),
                                Map.entry("PORTCULLIS_BODY_LIMIT", "1MiB"),
                                Map.entry("PORTCULLIS_GUEST_MEMORY_LIMIT", "64KiB"),
                                Map.entry("PORTCULLIS_GUEST_OUTPUT_LIMIT", "5"),
                                Map.entry("PORTCULLIS_GUEST_HOST_CALL_LIMIT", "0"),
                                Map.entry("PORTCULLIS_MAX_EVALUATIONS", "9")));
        assertThat(options)
                .isEqualTo(
                        new GatewayOptions(
                                "::1",
                                1,
                                2,
                                new TlsOptions(
                                        Path.of("cert.pem"),
                                        Path.of("key.pem"),
                                        List.of(Path.of("/ca/a.pem"), Path.of("/ca/b.pem"))),
                                Path.of("p.yml"),
                                3,
                                9,
                                new ByteSize(1L << 20),
                                new GuestLimits(65_536, 5, 0),
                                Duration.ofSeconds(7),
                                "kubewarden",
                                true,
                                true,
                                new LogOptions(
                                        LogOptions.Level.DEBUG, LogOptions.Format.JSON, false)));
    }

    @Test
    void withoutTimeoutProtectionTheTimeoutIsNotEvenRead() {
        GatewayOptions options =
                options(
                        Map.of(),
                        "--disable-timeout-protection",
                        "--policy-timeout",
                        "not a number");
        assertThat(options.policyTimeout()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--workers 0 | --workers must be a number from 1 to 65536, not '0'",
                "--workers many | --workers must be a number from 1 to 65536, not 'many'",
                "--port 65536 | --port must be a number from 0 to 65535, not '65536'",
                "--port -1 | --port must be a number from 0 to 65535, not '-1'",
                "--addr localhost | --addr must be an IP address such as 0.0.0.0 or [::], not"
                        + " 'localhost'",
                "--addr ::1 | --addr must be an IP address such as 0.0.0.0 or [::], not '::1'",
                "--addr 1.2.3 | --addr must be an IP address such as 0.0.0.0 or [::], not '1.2.3'",
                "--addr 1.2.3.256 | --addr must be an IP address",
                "--addr [1.2.3.4] | --addr must be an IP address",
                "--policy-timeout 2s | --policy-timeout must be a whole number of seconds, not"
                        + " '2s'",
                "--log-level loud | --log-level must be one of trace, debug, info, warn, error, not"
                        + " 'loud'",
                "--log-level INFO | --log-level must be one of",
                "--log-fmt xml | --log-fmt must be one of text, json, not 'xml'",
                "--log-fmt otlp | --log-fmt otlp is not supported by this version of Portcullis",
                "--cert-file c | both certificate and key must be provided together",
                "--key-file k | both certificate and key must be provided together",
                "--client-ca-file a | client CA certificate requires server certificate and key to"
                        + " be specified",
                "--body-limit 8MB | --body-limit is '8MB': expected a size such as 8MiB",
                "--body-limit 2GiB | --body-limit must be at most 1GiB",
                "--guest-memory-limit 1KiB | --guest-memory-limit must lie between 64KiB",
                "--guest-memory-limit 2GiB | --guest-memory-limit must lie between 64KiB",
                "--guest-output-limit 0 | --guest-output-limit is '0'",
                "--max-evaluations 0 | --max-evaluations must be a number from 1 to",
                "--policies= | --policies must not be empty",
                "--always-accept-admission-reviews-on-namespace= |"
                        + " --always-accept-admission-reviews-on-namespace must not be empty",
                "--port 1 --port 2 | --port",
                "--daemon=true | --daemon",
                "--unknown | --unknown",
                "surprise | surprise",
                "--port | --port",
            })
    void aMistakeOnTheCommandLineIsNamed(String arguments, String message) {
        assertThat(refusal(Map.of(), arguments.split(" "))).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "yes", "", "True", "0"})
    void aVariableThatSwitchesTakesOnlyTrueAndFalse(String value) {
        assertThat(refusal(Map.of("KUBEWARDEN_DISABLE_TIMEOUT_PROTECTION", value)))
                .contains("KUBEWARDEN_DISABLE_TIMEOUT_PROTECTION must be true or false, not '");
    }

    @Test
    void aMistakeInTheEnvironmentNamesTheVariable() {
        assertThat(refusal(Map.of("KUBEWARDEN_WORKERS", "")))
                .contains("--workers (set by KUBEWARDEN_WORKERS) must be a number");
    }

    @ParameterizedTest
    @MethodSource("unsupported")
    void whatIsNotSupportedIsRefusedAndNeverIgnored(Flag flag) {
        String value = flag.valueLabel() == null ? "true" : "somewhere";
        String[] arguments =
                flag.valueLabel() == null
                        ? new String[] {flag.option()}
                        : new String[] {flag.option(), value};
        assertThat(refusal(Map.of(), arguments))
                .contains(flag.option() + " is not supported by this version of Portcullis");
        assertThat(refusal(Map.of(flag.variable(), value)))
                .contains(
                        flag.option()
                                + " (set by "
                                + flag.variable()
                                + ") is not supported by this version of Portcullis");
    }

    static Stream<Flag> unsupported() {
        return Arrays.stream(Flag.values()).filter(flag -> !flag.supported());
    }

    @Test
    void theFlagsThatAreNotSupportedAreTheseAndNoMore() {
        assertThat(unsupported())
                .extracting(Flag::option)
                .containsExactlyInAnyOrder(
                        "--policies-download-dir",
                        "--sigstore-cache-dir",
                        "--sigstore-trust-config",
                        "--sources-path",
                        "--verification-path",
                        "--docker-config-json-path",
                        "--enable-metrics",
                        "--enable-pprof",
                        "--daemon",
                        "--daemon-pid-file",
                        "--daemon-stdout-file",
                        "--daemon-stderr-file");
    }

    @Test
    void aSwitchThatIsNotSupportedMayBeOff() {
        assertThat(of(Map.of("KUBEWARDEN_ENABLE_METRICS", "false"))).isInstanceOf(Serve.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "true", "false", "", "anything"})
    void noColorWorksWithAnyValue(String value) {
        Invocation invocation = GatewayCommand.of(List.of(), Map.of("NO_COLOR", value), true);
        assertThat(((Serve) invocation).options().log().colour()).isFalse();
    }

    @Test
    void aTerminalGetsColours() {
        Invocation invocation = GatewayCommand.of(List.of(), Map.of(), true);
        assertThat(((Serve) invocation).options().log().colour()).isTrue();
    }

    @Test
    void helpNamesEveryFlagWithItsVariableAndDefault() {
        String help = ((Print) of(Map.of(), "--help")).text();
        assertThat(help)
                .contains("--readiness-probe-port", "KUBEWARDEN_READINESS_PROBE_PORT", "8081")
                .doesNotContain("--enable-pprof", "--continue-on-errors");
    }

    @Test
    void versionNamesProgramAndVersion() {
        assertThat(((Print) of(Map.of(), "-V")).text())
                .matches("portcullis-gateway [0-9]+\\.[0-9]+.*\n");
    }

    @Test
    void docsWritesTheFlagsAsMarkdown(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("flags.md");
        assertThat(of(Map.of(), "docs", "-o", file.toString())).isInstanceOf(Print.class);
        assertThat(Files.readString(file)).contains("| `--port PORT` | `KUBEWARDEN_PORT` | 3000 |");
    }

    @Test
    void docsThatCannotBeWrittenSayWhy(@TempDir Path folder) {
        assertThat(refusal(Map.of(), "docs", "--output", folder.toString()))
                .contains("cannot write " + folder);
    }
}
