package dev.portcullis.host.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.host.FailureReason;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class OutputCaptureTest {
    private final OutputCapture output = new OutputCapture(10);

    private void assertTooMuch(byte[] bytes) {
        assertThatThrownBy(() -> output.standardOutput().write(bytes))
                .isInstanceOfSatisfying(
                        GuestLimitException.class,
                        e -> assertThat(e.reason()).isEqualTo(FailureReason.OUTPUT))
                .hasMessage("policy wrote more than its limit of 10 bytes of output");
    }

    @Test
    void theStreamsAreKeptApart() throws IOException {
        output.standardOutput().write('a');
        output.standardError().write(new byte[] {'x', 'y', 'z'}, 1, 1);
        output.standardOutput().write(new byte[] {'b', 'c'});

        assertThat(output.outputBytes()).asString().isEqualTo("abc");
        assertThat(output.errorBytes()).asString().isEqualTo("y");
    }

    @Test
    void theLimitItselfMayBeReached() throws IOException {
        output.standardOutput().write(new byte[10]);

        assertThat(output.outputBytes()).hasSize(10);
        assertTooMuch(new byte[1]);
    }

    @Test
    void bothStreamsTogetherAreBounded() throws IOException {
        output.standardError().write(new byte[6]);
        output.standardOutput().write(new byte[4]);

        assertTooMuch(new byte[1]);
        assertThatThrownBy(() -> output.standardError().write(0))
                .isInstanceOf(GuestLimitException.class);
    }

    @Test
    void nothingOfAWriteThatIsTooLongIsKept() {
        assertTooMuch(new byte[11]);

        assertThat(output.outputBytes()).isEmpty();
    }

    @Test
    void aGuestThatGoesOnAfterTheLimitStaysRefused() {
        assertTooMuch(new byte[11]);
        assertTooMuch(new byte[1]);
    }

    @Test
    void itIsEmptyUntilAByteIsWrittenToEitherStream() throws IOException {
        assertThat(output.isEmpty()).isTrue();
        output.standardOutput().write(new byte[0]);
        assertThat(output.isEmpty()).isTrue();

        output.standardError().write('x');

        assertThat(output.isEmpty()).isFalse();
    }

    @Test
    void theLimitMayBeAboveTheRangeOfInt() throws IOException {
        var large = new OutputCapture(3L << 30);

        large.standardOutput().write(new byte[100]);

        assertThat(large.outputBytes()).hasSize(100);
    }
}
