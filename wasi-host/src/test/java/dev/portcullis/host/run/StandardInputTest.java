package dev.portcullis.host.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StandardInputTest {
    private final StandardInput input = new StandardInput();

    private byte[] read(int most) {
        var target = new byte[most + 2];
        int count = input.read(target, 1, most);
        assertThat(target[0]).isZero();
        assertThat(target[most + 1]).isZero();
        return count < 0 ? new byte[0] : Arrays.copyOfRange(target, 1, 1 + count);
    }

    @Test
    void anEmptyInputIsAtItsEnd() {
        assertThat(input.read()).isEqualTo(-1);
        assertThat(input.read(new byte[4], 0, 4)).isEqualTo(-1);
        assertThat(input.available()).isZero();
    }

    @Test
    void afterItsEndItReadsAgainOnceMoreWasAppended() {
        input.append(new byte[] {1, 2});
        assertThat(read(8)).containsExactly(1, 2);
        assertThat(read(8)).isEmpty();
        assertThat(read(8)).isEmpty();

        input.append(new byte[] {3});

        assertThat(read(8)).containsExactly(3);
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void whatIsAppendedIsReadInOrderInPiecesOfAnySize() {
        var random = new Random(37);
        var written = new ByteArrayOutputStream();
        var found = new ByteArrayOutputStream();

        for (int i = 0; i < 500; i++) {
            if (random.nextBoolean()) {
                var chunk = new byte[random.nextInt(20)];
                random.nextBytes(chunk);
                input.append(chunk);
                written.writeBytes(chunk);
            } else if (random.nextInt(5) == 0) {
                int one = input.read();
                if (one >= 0) {
                    found.write(one);
                }
            } else {
                found.writeBytes(read(1 + random.nextInt(15)));
            }
            assertThat(input.available()).isEqualTo(written.size() - found.size());
        }
        while (input.available() > 0) {
            found.writeBytes(read(7));
        }

        assertThat(found.toByteArray()).isEqualTo(written.toByteArray());
    }

    @Test
    void anEmptyAnswerIsNotAnEndInFrontOfTheNextOne() {
        input.append(new byte[0]);
        input.append(new byte[] {5});

        assertThat(read(4)).containsExactly(5);
    }

    @Test
    void bytesAboveTheSignAreNotTakenForTheEnd() {
        input.append(new byte[] {-1});

        assertThat(input.read()).isEqualTo(255);
    }
}
