package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.context;
import static dev.portcullis.host.policy.Fixtures.payload;
import static dev.portcullis.host.policy.Fixtures.policy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.StartLevel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryLimitTest {
    @ParameterizedTest
    @EnumSource
    void aGoPolicyThatNeedsMoreThanItsLimitFailsTheSameWayHoweverItStarts(StartLevel.Kind level) {
        var limits = new GuestLimits(1 << 20, 1_000, 1);

        var evaluation =
                policy("required-labels", level)
                        .validate(
                                payload("u", Map.of()),
                                context(Duration.ofSeconds(60), HostCalls.NONE, limits));

        assertThat(evaluation)
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.MEMORY,
                                "policy exceeded its memory limit of 1048576 bytes"));
    }
}
