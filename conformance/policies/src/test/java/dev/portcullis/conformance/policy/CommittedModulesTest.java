package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed modules are what their sources say. */
class CommittedModulesTest {
    private final FixturePolicies policies = FixturePolicies.inTree();

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"required-labels", "add-annotations", "team-owner"})
    void rebuildingGivesTheSameBytes(String name) throws IOException {
        Path rebuilt;
        try {
            rebuilt = policies.build(name, folder);
        } catch (FixtureUnavailable e) {
            Assumptions.assumeFalse(e.machineLacks(), e.getMessage());
            throw e;
        }

        assertThat(digestOf(rebuilt))
                .as("%s.wasm is not what its sources give: run conformance/policies/build.sh", name)
                .isEqualTo(digestOf(policies.path(name)));
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
