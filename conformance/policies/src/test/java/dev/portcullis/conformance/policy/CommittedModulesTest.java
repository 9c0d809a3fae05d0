package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed modules are what their sources say. */
class CommittedModulesTest {
    private static final FixturePolicies POLICIES = FixturePolicies.inTree();

    @TempDir private Path folder;

    @ParameterizedTest
    @MethodSource("committed")
    void rebuildingACommittedModuleGivesTheSameBytes(Path module) throws IOException {
        var name = module.getFileName().toString().replace(".wasm", "");

        var rebuilt = Machine.orSkip(() -> POLICIES.build(name, folder));

        assertThat(digestOf(rebuilt))
                .as("%s is not what its sources give: run conformance/policies/build.sh", module)
                .isEqualTo(digestOf(module));
    }

    static Stream<Path> committed() throws IOException {
        try (var modules = Files.list(POLICIES.path("team-owner").getParent())) {
            return modules.sorted().toList().stream();
        }
    }

    private static String digestOf(Path file) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
