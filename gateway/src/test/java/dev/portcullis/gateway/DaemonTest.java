package dev.portcullis.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --daemon} (policy-server §1, §2). */
class DaemonTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path folder;

    private record Ended(int code, String output) {}

    private Ended start(String... flags) throws Exception {
        Path output = folder.resolve("terminal");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Duser.home=" + folder));
        command.add("-Dlogback.configurationFile=" + folder.resolve("none.xml"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("--addr", "127.0.0.1", "--port", "0"));
        command.addAll(List.of("--readiness-probe-port", "0", "--policies", "policies.yml"));
        command.addAll(List.of("--ignore-kubernetes-connection-failure", "--daemon"));
        command.addAll(List.of("--daemon-stdout-file", "out", "--daemon-stderr-file", "err"));
        command.addAll(List.of(flags));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("KUBE.*|OTEL.*"));
        return new Ended(builder.start().waitFor(), Files.readString(output, UTF_8));
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private ProcessHandle background() throws IOException {
        String pid = Files.readString(folder.resolve("policy-server.pid")).strip();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    @Test
    void theGatewayServesInASessionOfItsOwnAfterTheCommandEnded() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/stat")), "this test needs /proc");
        Files.writeString(folder.resolve("policies.yml"), "{}");
        Ended command = start();
        assertThat(command.code()).as(command.output()).isZero();
        ProcessHandle background = background();
        try {
            assertThat(command.output())
                    .isEqualTo("serving in the background as process " + background.pid() + "\n");
            await().atMost(PATIENCE)
                    .until(() -> text("out").contains(": ready ") || !background.isAlive());
            assertThat(text("out")).as(text("err")).contains(": ready ");
            String stat = Files.readString(Path.of("/proc/" + background.pid() + "/stat"));
            assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3])
                    .as("session of the background process")
                    .isEqualTo(Long.toString(background.pid()));
            Ended second = start();
            assertThat(second.code()).isEqualTo(1);
            assertThat(second.output())
                    .contains("another gateway runs in the background with the process id file");
            assertThat(background()).as("the file still names the first").isEqualTo(background);
        } finally {
            background.destroy();
        }
        await().atMost(PATIENCE).until(() -> !background.isAlive());
    }

    @Test
    void aMistakeInTheFilesIsToldBeforeGoingToTheBackground() throws Exception {
        Files.writeString(folder.resolve("policies.yml"), "a: {modul: x}");
        Ended command = start();
        assertThat(command.code()).isEqualTo(1);
        assertThat(command.output()).contains("error while loading policies from");
        assertThat(folder.resolve("policy-server.pid")).doesNotExist();
    }

    @Test
    void aProcessIdFileThatCannotBeWrittenIsNamed() throws Exception {
        Files.writeString(folder.resolve("policies.yml"), "{}");
        Ended command = start("--daemon-pid-file", "none/pid");
        assertThat(command.code()).isEqualTo(1);
        assertThat(command.output())
                .contains("the process id file " + folder.resolve("none/pid") + " cannot be used");
    }
}
