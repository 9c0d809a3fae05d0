package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed modules of the policies in Rego are what their sources say. */
class RegoModulesTest {
    private static final FixturePolicies POLICIES = FixturePolicies.inTree();

    @TempDir private Path folder;

    @Test
    void rebuildingTheModulesGivesTheSameBytes() throws IOException {
        Machine.orSkip(() -> {
            POLICIES.buildRego(folder);
            return folder;
        });

        var committed = POLICIES.regoFolder().resolve("modules");
        assertThat(names(folder)).isEqualTo(names(committed));
        for (var name : names(committed)) {
            assertThat(Files.mismatch(folder.resolve(name), committed.resolve(name)))
                    .as("%s is not what its sources give: run rego/build.sh", name)
                    .isEqualTo(-1);
        }
    }

    private static Set<String> names(Path modules) throws IOException {
        try (var files = Files.list(modules)) {
            var names = new TreeSet<String>();
            files.map(file -> Objects.requireNonNull(file.getFileName()).toString())
                    .forEach(names::add);
            return names;
        }
    }
}
