package dev.portcullis.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestLimitsTest {
    private static final long PAGE = 65_536;

    @Test
    void theSmallestAndTheLargestLimitsAreTaken() {
        assertThat(new GuestLimits(PAGE, 1, 0).hostCalls()).isZero();
        assertThat(
                        new GuestLimits(
                                        GuestLimits.MAX_MEMORY_BYTES,
                                        Long.MAX_VALUE,
                                        Integer.MAX_VALUE)
                                .memoryBytes())
                .isEqualTo((1L << 31) - PAGE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, PAGE - 1, (1L << 31) - PAGE + 1, Long.MAX_VALUE})
    void memoryThatNoGuestCanHaveIsRefusedWithItsNumber(long bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuestLimits(bytes, 1, 1))
                .withMessageContaining("guest memory limit must lie between 65536 and 2147418112")
                .withMessageContaining(String.valueOf(bytes));
    }

    @Test
    void noOutputAtAllOrFewerCallsThanNoneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuestLimits(PAGE, 0, 1))
                .withMessageContaining("output 0 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GuestLimits(PAGE, 1, -1))
                .withMessageContaining("host calls -1");
    }

    @Test
    void theDefaultsAreWhatIsWritten() {
        assertThat(GuestLimits.DEFAULT).isEqualTo(new GuestLimits(536_870_912, 16_777_216, 1_000));
    }
}
