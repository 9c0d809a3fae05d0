package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process: what it prints and how it ends (policy-server §2, §9). */
class ProcessTest {
    private static final Pattern READY =
            Pattern.compile(": ready .*port=(\\d+) readiness_port=(\\d+)");

    @TempDir private Path folder;

    private Process start(String... flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"));
        command.addAll(List.of("-Duser.home=" + folder, "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add("-Dlogback.configurationFile=" + folder.resolve("none.xml"));
        command.add(Main.class.getName());
        command.addAll(List.of("--addr", "127.0.0.1", "--policies", policies().toString()));
        command.addAll(List.of(flags));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output().toFile());
        builder.environment().keySet().removeIf(name -> name.matches("KUBE.*|NO_COLOR"));
        builder.environment().put("HOME", folder.toString());
        return builder.start();
    }

    private Path policies() {
        return folder.resolve("policies.yml");
    }

    private Path output() {
        return folder.resolve("output");
    }

    private String text() {
        try {
            return Files.readString(output(), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String failing(int code, String... flags) throws Exception {
        Process process = start(flags);
        assertThat(process.waitFor()).as(text()).isEqualTo(code);
        return text();
    }

    private static final String[] SERVE = {
        "--ignore-kubernetes-connection-failure", "--port", "0", "--readiness-probe-port", "0"
    };

    private static String[] serveWith(String... more) {
        List<String> flags = new ArrayList<>(List.of(SERVE));
        flags.addAll(List.of(more));
        return flags.toArray(String[]::new);
    }

    private Matcher ready(Process process) {
        await().atMost(Duration.ofSeconds(50))
                .until(() -> !process.isAlive() || READY.matcher(text()).find());
        Matcher ready = READY.matcher(text());
        assertThat(ready.find()).as(text()).isTrue();
        return ready;
    }

    private static HttpResponse<String> get(String port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void aTerminatedGatewayEndsWell() throws Exception {
        Files.writeString(policies(), "{}");
        Process process = start(SERVE);
        try {
            Matcher ready = ready(process);
            assertThat(get(ready.group(2), "/readiness").statusCode()).isEqualTo(200);
            process.destroy();
            assertThat(process.waitFor()).as(text()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aMistakeOnTheCommandLineEndsWithTwo() throws Exception {
        assertThat(failing(2, "--workers", "0"))
                .startsWith("error: --workers must be a number from 1 to 65536, not '0'\n");
    }

    @Test
    void aMissingPoliciesFileEndsWithOne() throws Exception {
        assertThat(failing(1, SERVE))
                .startsWith(
                        "error while loading policies from \"" + policies() + "\": no such file");
    }

    @Test
    void withoutAClusterTheGatewayStartsOnlyWhenTold() throws Exception {
        Files.writeString(policies(), "{}");
        assertThat(failing(1))
                .contains(
                        "Cannot connect to Kubernetes, context aware policies would not work"
                                + " properly");
    }

    @Test
    void everyModuleThatCannotBeUsedIsReportedWithPolicyFileAndReason() throws Exception {
        Files.writeString(folder.resolve("text.wasm"), "not wasm at all");
        Files.write(folder.resolve("cut.wasm"), new byte[] {0, 'a', 's', 'm', 1, 0});
        Files.write(folder.resolve("bare.wasm"), new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        Files.writeString(
                policies(),
                """
                missing: {module: "file://none.wasm"}
                text: {module: "file://text.wasm"}
                cut: {module: "file://cut.wasm"}
                bare: {module: "file://bare.wasm"}
                group:
                  policies: {a: {module: "file://bare.wasm"}, b: {module: "file://none.wasm"}}
                  expression: a() && b()
                  message: no
                """);
        String output = failing(1, SERVE);
        assertThat(output)
                .contains("some policies cannot be used:\n")
                .contains("  missing (file://none.wasm): bootstrap failure: missing: Error while")
                .contains("  text (file://text.wasm): bootstrap failure: text: ")
                .contains("  cut (file://cut.wasm): bootstrap failure: cut: ")
                .contains("  bare (file://bare.wasm): bootstrap failure: bare: Policy is missing")
                .contains(
                        "  group (file://bare.wasm, file://none.wasm): policy group 'group' cannot"
                                + " be used: member 'a': bootstrap failure: group/a: Policy is"
                                + " missing")
                .contains(
                        "; member 'b': bootstrap failure: group/b: Error while downloading policy"
                                + " 'group/#b' from file://none.wasm: ")
                .doesNotContain(": ready");
    }

    @Test
    void theOperatorMayServeAlthoughAPolicyIsBroken() throws Exception {
        Files.writeString(
                policies(),
                """
                missing: {module: "file://none.wasm"}
                group:
                  policyMode: monitor
                  policies: {a: {module: "file://none.wasm"}}
                  expression: "true || a()"
                  message: no
                """);
        Process process = start(serveWith("--continue-on-errors"));
        try {
            String port = ready(process).group(1);
            assertThat(judged(port, "/audit/missing"))
                    .contains("\"allowed\":false")
                    .contains("bootstrap failure: missing: Error while downloading policy")
                    .contains("\"code\":500");
            assertThat(judged(port, "/validate/group"))
                    .contains("\"allowed\":false")
                    .contains(
                            "policy group 'group' cannot be used: member 'a': bootstrap failure: ")
                    .contains("\"code\":500");
            assertThat(judged(port, "/validate/group%2Fa"))
                    .contains("\"allowed\":false")
                    .contains("bootstrap failure: group/a: Error while downloading policy")
                    .contains("\"code\":500");
        } finally {
            process.destroyForcibly();
        }
    }

    private static String judged(String port, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(Reviews.create("u")))
                            .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void aGrantThatMakesNoSenseEndsTheStartInAnyCase() throws Exception {
        Files.writeString(
                policies(),
                "g: {policies: {m: {module: 'file://none.wasm', hostCapabilities: ['oci/v9/*']}},"
                        + " expression: m(), message: no}");
        assertThat(failing(1, serveWith("--continue-on-errors")))
                .contains("invalid hostCapabilities pattern for policy g/m: ")
                .contains("v9");
    }

    @Test
    void aPortInUseEndsTheStart() throws Exception {
        Files.writeString(policies(), "{}");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(failing(1, "--ignore-kubernetes-connection-failure", "--port", port))
                    .contains("cannot listen on 127.0.0.1");
        }
    }

    @Test
    void jsonLogsAreJsonFromTheFirstLine() throws Exception {
        Files.writeString(policies(), "{}");
        Process process = start(serveWith("--log-fmt", "json"));
        try {
            await().atMost(Duration.ofSeconds(50))
                    .until(() -> !process.isAlive() || text().contains("\"message\":\"ready\""));
            assertThat(text().lines().filter(line -> !line.startsWith("Cannot connect")))
                    .allMatch(line -> line.startsWith("{\"timestamp\":\""));
        } finally {
            process.destroyForcibly();
        }
    }
}
