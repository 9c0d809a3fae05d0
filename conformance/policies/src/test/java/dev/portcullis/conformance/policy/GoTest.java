package dev.portcullis.conformance.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The policies have tests of their own, in their own language. */
class GoTest {
    @Test
    void theTestsOfThePoliciesPass() throws IOException {
        var output = Machine.orSkip(() -> FixturePolicies.inTree().test());

        assertThat(output.lines()).anyMatch(line -> line.matches("ok\\s+.*/team-owner\\s.*"));
    }
}
