package dev.portcullis.host.wasm;

import static dev.portcullis.host.wasm.ModuleBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    private static Cursor over(int... values) {
        return new Cursor(bytes(values), 0, values.length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16_383, 16_384, 1 << 28, Integer.MAX_VALUE})
    void everyCountThatFitsAnIntIsRead(int value) {
        var number = ModuleBytes.number(value);
        var cursor = new Cursor(number, 0, number.length);

        assertThat(cursor.count()).isEqualTo(value);
        assertThat(cursor.atEnd()).isTrue();
    }

    @Test
    void aCountMayBePaddedToFiveBytes() {
        assertThat(over(0x83, 0x80, 0x80, 0x80, 0x00).count()).isEqualTo(3);
    }

    @Test
    void aCountAboveTheRangeOfIntIsRefused() {
        assertThatThrownBy(() -> over(0x80, 0x80, 0x80, 0x80, 0x08).count())
                .isInstanceOf(MalformedModuleException.class)
                .hasMessage("number 2147483648 at byte 5 is too large");
    }

    @Test
    void aCountThatNeverEndsIsRefused() {
        assertThatThrownBy(() -> over(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).count())
                .isInstanceOf(MalformedModuleException.class)
                .hasMessage("endless number at byte 5");
    }

    @Test
    void aCountThatIsCutOffIsRefused() {
        assertThatThrownBy(() -> over(0x80, 0x80).count())
                .isInstanceOf(MalformedModuleException.class)
                .hasMessage("module is truncated at byte 2");
    }

    @Test
    void aSkippedNumberMayHaveTenBytesAndNoMore() {
        var ten = over(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f, 0x2a);
        ten.skipNumber();
        assertThat(ten.unsignedByte()).isEqualTo(0x2a);

        assertThatThrownBy(() ->
                        over(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0)
                                .skipNumber())
                .isInstanceOf(MalformedModuleException.class)
                .hasMessage("endless number at byte 10");
    }

    @Test
    void aBytePastTheEndIsRefusedEvenWhenTheArrayGoesOn() {
        var cursor = new Cursor(bytes(1, 2, 3), 0, 2);
        cursor.skip(2);

        assertThatThrownBy(cursor::unsignedByte)
                .isInstanceOf(MalformedModuleException.class)
                .hasMessage("module is truncated at byte 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void skippingMoreThanThereIsOrBackwardsIsRefused(int length) {
        var cursor = over(1, 2);

        assertThatThrownBy(() -> cursor.skip(length)).isInstanceOf(MalformedModuleException.class);
        assertThat(cursor.position()).isZero();
    }

    @Test
    void skippingGivesWhereItBeganAndMayBeEmpty() {
        var cursor = over(1, 2, 3);

        assertThat(cursor.skip(0)).isZero();
        assertThat(cursor.skip(3)).isZero();
        assertThat(cursor.skip(0)).isEqualTo(3);
        assertThat(cursor.atEnd()).isTrue();
    }

    @Test
    void aNameIsReadAsUtf8() {
        assertThat(over(3, 0xe2, 0x82, 0xac, 9).name()).isEqualTo("€");
    }

    @Test
    void aNameLongerThanTheRestIsRefused() {
        assertThatThrownBy(() -> over(4, 'a', 'b').name())
                .isInstanceOf(MalformedModuleException.class);
    }
}
