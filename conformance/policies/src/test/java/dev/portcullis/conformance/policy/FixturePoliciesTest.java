package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FixturePoliciesTest {
    private final Path root = FixturePolicies.rootAbove(Path.of(""));

    @TempDir private Path folder;

    @Test
    void aCommittedModuleComesStraightFromTheTree() {
        assertThat(FixturePolicies.inTree().path("required-labels"))
                .isEqualTo(root.resolve("conformance/policies/modules/required-labels.wasm"));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> FixturePolicies.inTree().path("no-such"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no fixture policy is named no-such")
                .hasMessageContaining("team-owner");
    }

    @Test
    void outsideOfTheTreeTheErrorSaysWhatIsLookedFor() {
        assertThatThrownBy(() -> FixturePolicies.rootAbove(folder))
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("conformance/policies/go.mod");
    }

    @Test
    void aMachineWithoutGoIsToldWhichGoIsNeeded() throws IOException {
        var policies = withPath(commands("dirname", "sed", "mkdir"));

        var unavailable = unavailable(policies);

        assertThat(unavailable).hasMessageMatching("(?s).*misbehaving.*needs Go 1\\.[0-9.]+ on.*");
        assertThat(unavailable.machineLacks()).isTrue();
    }

    @Test
    void anotherGoVersionIsNamed() throws IOException {
        var tools = commands("dirname", "sed", "mkdir");
        script(tools.resolve("go"), "echo go1.2.3");

        var unavailable = unavailable(withPath(tools));

        assertThat(unavailable).hasMessageContaining("found go1.2.3");
        assertThat(unavailable.machineLacks()).isTrue();
    }

    @Test
    void anErrorOfTheCompilerIsShownAndIsNoReasonToSkip() throws IOException {
        var tools = commands("dirname", "sed", "mkdir", "mktemp", "rm");
        script(
                tools.resolve("go"),
                """
                case "$1" in
                env) sed -n 's/^toolchain //p' go.mod ;;
                mod) ;;
                build) echo 'main.go:1: syntax error'; exit 1 ;;
                esac\
                """);

        var unavailable = unavailable(withPath(tools));

        assertThat(unavailable).hasMessageContaining("main.go:1: syntax error");
        assertThat(unavailable.machineLacks()).isFalse();
    }

    @Test
    void manyWhoAskAtOnceShareOneBuild() throws Exception {
        var tools = commands("dirname", "sed", "mkdir", "mktemp", "rm", "cp", "mv", "chmod");
        var built = folder.resolve("built");
        script(
                tools.resolve("go"),
                """
                case "$1" in
                env) sed -n 's/^toolchain //p' go.mod ;;
                build)
                    while [ "$1" != -o ]; do shift; done
                    printf '#!/bin/sh\\ncp "$2" "$3"\\n' >"$2"
                    chmod +x "$2"
                    echo "$3" >>'%s' ;;
                esac\
                """
                        .formatted(built));

        var paths = new HashSet<Path>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = new ArrayList<Future<Path>>();
            for (var i = 0; i < 8; i++) {
                // Each its own, as if from eight places in the tests.
                asked.add(executor.submit(() -> withPath(tools).path("misbehaving")));
            }
            for (var answer : asked) {
                paths.add(answer.get());
            }
        }

        assertThat(paths).hasSize(1).allSatisfy(path -> assertThat(path).isRegularFile());
        assertThat(built).content().isEqualTo("./annotate\n./misbehaving\n");
    }

    private FixturePolicies withPath(Path tools) {
        return new FixturePolicies(root, folder.resolve("cache"), Map.of("PATH", tools.toString()));
    }

    private static FixtureUnavailable unavailable(FixturePolicies policies) {
        return catchThrowableOfType(FixtureUnavailable.class, () -> policies.path("misbehaving"));
    }

    /** A folder that offers these commands of the machine and nothing else. */
    private Path commands(String... names) throws IOException {
        var tools = Files.createDirectory(folder.resolve("tools"));
        for (var name : names) {
            var real = Path.of("/usr/bin", name);
            var path = Files.exists(real) ? real : Path.of("/bin", name);
            script(tools.resolve(name), "exec " + path + " \"$@\"");
        }
        return tools;
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
