package dev.portcullis.host.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearMemoryTest {
    private static final int PAGE = 65_536;
    private static final int BLOCK = 4_096;

    /** So many pages that the memory keeps capacity which is not yet part of it. */
    private static final int ROOMY = 272;

    private static LinearMemory memory(int pages) {
        return new LinearMemory(new MemoryLimits(pages, 1_000));
    }

    private static LinearMemory grownWithSlack() {
        var memory = memory(1);
        assertThat(memory.grow(ROOMY - 1)).isEqualTo(1);
        return memory;
    }

    /** One way to read or write some bytes at an address. */
    record Access(String name, int width, Operation operation) {
        interface Operation {
            void at(LinearMemory memory, int address);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Access> accesses() {
        return Stream.of(
                new Access("read", 1, LinearMemory::read),
                new Access("readU8", 1, LinearMemory::readU8),
                new Access("readI8", 1, LinearMemory::readI8),
                new Access("writeByte", 1, (m, a) -> m.writeByte(a, (byte) 1)),
                new Access("readShort", 2, LinearMemory::readShort),
                new Access("readU16", 2, LinearMemory::readU16),
                new Access("readI16", 2, LinearMemory::readI16),
                new Access("writeShort", 2, (m, a) -> m.writeShort(a, (short) 1)),
                new Access("readInt", 4, LinearMemory::readInt),
                new Access("readI32", 4, LinearMemory::readI32),
                new Access("readU32", 4, LinearMemory::readU32),
                new Access("writeI32", 4, (m, a) -> m.writeI32(a, 1)),
                new Access("readLong", 8, LinearMemory::readLong),
                new Access("readI64", 8, LinearMemory::readI64),
                new Access("writeLong", 8, (m, a) -> m.writeLong(a, 1)),
                new Access("readFloat", 4, LinearMemory::readFloat),
                new Access("readF32", 4, LinearMemory::readF32),
                new Access("writeF32", 4, (m, a) -> m.writeF32(a, 1)),
                new Access("readDouble", 8, LinearMemory::readDouble),
                new Access("readF64", 8, LinearMemory::readF64),
                new Access("writeF64", 8, (m, a) -> m.writeF64(a, 1)),
                new Access("readBytes", 3, (m, a) -> m.readBytes(a, 3)),
                new Access("write", 3, (m, a) -> m.write(a, new byte[] {1, 2, 3})),
                new Access("fill", 5, (m, a) -> m.fill((byte) 1, a, a + 5)),
                new Access("copy from", 7, (m, a) -> m.copy(0, a, 7)),
                new Access("copy to", 7, (m, a) -> m.copy(a, 0, 7)),
                new Access("atomicReadInt", 4, LinearMemory::atomicReadInt),
                new Access("atomicAddInt", 4, (m, a) -> m.atomicAddInt(a, 1)),
                new Access("atomicCmpxchgLong", 8, (m, a) -> m.atomicCmpxchgLong(a, 0, 1)));
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void anAccessMayEndAtTheEndOfTheMemory(Access access) {
        var memory = memory(1);

        access.operation.at(memory, PAGE - access.width);
        access.operation.at(memory, 0);

        assertThat(memory.pages()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void anAccessThatIsNotWhollyInsideTrapsAndChangesNothing(Access access) {
        var memory = memory(1);

        assertTraps(access, memory, PAGE - access.width + 1);
        assertTraps(access, memory, PAGE - 1 + (access.width == 1 ? 1 : 0));
        assertTraps(access, memory, PAGE);
        assertTraps(access, memory, PAGE + 1);
        assertTraps(access, memory, Integer.MAX_VALUE - access.width);
        assertTraps(access, memory, Integer.MIN_VALUE);
        assertTraps(access, memory, -access.width);
        assertTraps(access, memory, -1);
        assertZero(memory.snapshot());
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void anAccessOfAnEmptyMemoryTraps(Access access) {
        assertTraps(access, memory(0), 0);
        assertTraps(access, memory(0), -access.width);
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void theArraysRoomBehindTheMemoryIsOutOfBounds(Access access) {
        var memory = grownWithSlack();

        access.operation.at(memory, ROOMY * PAGE - access.width);

        assertTraps(access, memory, ROOMY * PAGE - access.width + 1);
        assertTraps(access, memory, ROOMY * PAGE);
    }

    private static void assertTraps(Access access, LinearMemory memory, int address) {
        assertThatThrownBy(() -> access.operation.at(memory, address))
                .as("%s at %d", access, address)
                .isInstanceOf(TrapException.class)
                .hasMessageContaining("out of bounds memory access");
    }

    /** Without looking at each byte as an object, which takes seconds for megabytes. */
    private static void assertZero(byte[] bytes) {
        assertThat(Arrays.mismatch(bytes, new byte[bytes.length]))
                .as("place of the first byte that is not zero")
                .isEqualTo(-1);
    }

    @Test
    void theTrapNamesAddressLengthAndSize() {
        assertThatThrownBy(() -> memory(1).readLong(-8))
                .hasMessage("out of bounds memory access: 8 bytes at 4294967288 of 65536");
    }

    @Test
    void nothingCanBeReadWrittenFilledOrCopiedUpToTheEndButNotBehindIt() {
        var memory = memory(1);

        assertThat(memory.readBytes(PAGE, 0)).isEmpty();
        memory.write(PAGE, new byte[0]);
        memory.fill((byte) 1, PAGE, PAGE);
        memory.copy(PAGE, PAGE, 0);

        assertThatThrownBy(() -> memory.readBytes(PAGE + 1, 0)).isInstanceOf(TrapException.class);
        assertThatThrownBy(() -> memory.write(PAGE + 1, new byte[0]))
                .isInstanceOf(TrapException.class);
        assertThatThrownBy(() -> memory.fill((byte) 1, PAGE + 1, PAGE + 1))
                .isInstanceOf(TrapException.class);
        assertThatThrownBy(() -> memory.copy(0, PAGE + 1, 0)).isInstanceOf(TrapException.class);
        assertThatThrownBy(() -> memory.copy(-1, 0, 0)).isInstanceOf(TrapException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {PAGE + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void aLengthBeyondTheMemoryTrapsHoweverTheSumWrapsAround(int length) {
        var memory = memory(1);

        for (int address : new int[] {0, 1, 16, PAGE - 1, PAGE}) {
            assertThatThrownBy(() -> memory.readBytes(address, length))
                    .isInstanceOf(TrapException.class);
            assertThatThrownBy(() -> memory.fill((byte) 1, address, address + length))
                    .isInstanceOf(TrapException.class);
            assertThatThrownBy(() -> memory.copy(address, 0, length))
                    .isInstanceOf(TrapException.class);
            assertThatThrownBy(() -> memory.copy(0, address, length))
                    .isInstanceOf(TrapException.class);
        }
        assertZero(memory.snapshot());
    }

    @Test
    void whatWasWrittenIsReadBackLittleEndian() {
        var memory = memory(1);

        memory.writeLong(8, 0x0102_0304_0506_0708L);
        assertThat(memory.readBytes(8, 8)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(memory.readLong(8)).isEqualTo(0x0102_0304_0506_0708L);
        assertThat(memory.readInt(8)).isEqualTo(0x0506_0708);
        assertThat(memory.readShort(9)).isEqualTo((short) 0x0607);

        memory.writeI32(1, -2);
        assertThat(memory.readU32(1)).isEqualTo(0xffff_fffeL);
        assertThat(memory.readU16(3)).isEqualTo(0xffff);
        assertThat(memory.readI16(3)).isEqualTo(-1);
        assertThat(memory.readU8(1)).isEqualTo(0xfe);

        memory.writeF32(20, -1.5f);
        assertThat(memory.readFloat(20)).isEqualTo(-1.5f);
        assertThat((int) memory.readF32(20)).isEqualTo(Float.floatToRawIntBits(-1.5f));
        memory.writeF64(27, Math.PI);
        assertThat(memory.readDouble(27)).isEqualTo(Math.PI);
        assertThat(memory.readF64(27)).isEqualTo(Double.doubleToRawLongBits(Math.PI));
    }

    @Test
    void anOverlappingCopyMovesTheBytesAsTheyWere() {
        var memory = memory(1);
        memory.write(0, new byte[] {1, 2, 3, 4, 5});

        memory.copy(2, 0, 5);
        assertThat(memory.readBytes(0, 7)).containsExactly(1, 2, 1, 2, 3, 4, 5);

        memory.copy(0, 2, 5);
        assertThat(memory.readBytes(0, 7)).containsExactly(1, 2, 3, 4, 5, 4, 5);
    }

    @Test
    void growthGivesTheOldSizeAndZeroes() {
        var memory = memory(1);
        memory.fill((byte) 7, 0, PAGE);

        assertThat(memory.grow(2)).isEqualTo(1);
        assertThat(memory.grow(0)).isEqualTo(3);
        assertThat(memory.pages()).isEqualTo(3);
        assertThat(memory.snapshot()[PAGE - 1]).isEqualTo((byte) 7);
        assertZero(memory.readBytes(PAGE, 2 * PAGE));
        assertThat(memory.limitReached()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void growthBeyondTheModulesMaximumIsRefused(int pages) {
        var memory = new LinearMemory(new MemoryLimits(2, 4));

        assertThat(memory.grow(pages)).isEqualTo(-1);
        assertThat(memory.pages()).isEqualTo(2);
        assertThat(memory.limitReached()).isTrue();
    }

    @Test
    void growthBeyondTheLimitIsRefusedAndRemembered() {
        var memory = memory(2);
        memory.limit(5 * PAGE + PAGE - 1);

        assertThat(memory.grow(3)).isEqualTo(2);
        assertThat(memory.limitReached()).isFalse();
        assertThat(memory.grow(1)).isEqualTo(-1);
        assertThat(memory.pages()).isEqualTo(5);
        assertThat(memory.limitReached()).isTrue();
    }

    @Test
    void aNewLimitForgetsAnEarlierRefusal() {
        var memory = memory(1);
        memory.limit(PAGE);
        assertThat(memory.grow(1)).isEqualTo(-1);

        memory.limit(2 * PAGE);

        assertThat(memory.limitReached()).isFalse();
        assertThat(memory.grow(1)).isEqualTo(1);
    }

    @Test
    void aMemoryThatHoldsMoreThanANewLimitHasReachedIt() {
        var memory = memory(3);

        memory.limit(2 * PAGE);

        assertThat(memory.limitReached()).isTrue();
        assertThat(memory.pages()).isEqualTo(3);
    }

    @Test
    void aLimitAboveTheModulesOwnMaximumDoesNotRaiseIt() {
        var memory = new LinearMemory(new MemoryLimits(1, 2));

        memory.limit(100L * PAGE);

        assertThat(memory.maximumPages()).isEqualTo(2);
        assertThat(memory.grow(2)).isEqualTo(-1);
    }

    @Test
    void aModuleThatStartsWithMoreThanOneArrayCanHoldIsNotInstantiated() {
        assertThatThrownBy(() -> new LinearMemory(new MemoryLimits(32_768, 65_536)))
                .isInstanceOf(UninstantiableException.class)
                .hasMessageContaining("32768 pages");
        assertThat(new LinearMemory(new MemoryLimits(1, 65_536)).maximumPages())
                .isEqualTo(Memory.RUNTIME_MAX_PAGES);
    }

    @Test
    void aSnapshotIsACopy() {
        var memory = memory(1);
        var image = memory.snapshot();

        memory.writeByte(0, (byte) 1);
        image[1] = 1;

        assertThat(image[0]).isZero();
        assertThat(memory.read(1)).isZero();
    }

    @Test
    void restoringAnImageDoesNotShareItsArray() {
        var memory = memory(1);
        memory.grow(1);
        var image = new byte[PAGE];

        memory.restore(image);
        memory.writeByte(5, (byte) 1);

        assertThat(image[5]).isZero();
    }

    @Test
    void restoringGivesTheImagesSizeAndContent() {
        var memory = memory(2);
        memory.writeI32(PAGE, 42);
        var image = memory.snapshot();

        memory.grow(3);
        memory.fill((byte) 9, 0, 5 * PAGE);
        memory.restore(image);

        assertThat(memory.pages()).isEqualTo(2);
        assertThat(memory.snapshot()).isEqualTo(image);
        assertThatThrownBy(() -> memory.read(2 * PAGE)).isInstanceOf(TrapException.class);
    }

    @Test
    void aSmallMemoryCanBeRestoredToALargerImage() {
        var large = memory(3);
        large.fill((byte) 3, 0, 3 * PAGE);
        var memory = memory(1);

        memory.restore(large.snapshot());

        assertThat(memory.snapshot()).isEqualTo(large.snapshot());
    }

    @Test
    void noByteOfAnEarlierRunIsSeenWhenTheNextOneGrowsTheMemoryAgain() {
        var memory = memory(1);
        var image = memory.snapshot();

        for (int run = 0; run < 3; run++) {
            // Twice, so that the second growth goes into capacity that the first one left.
            memory.grow(ROOMY - 1);
            assertThat(memory.grow(8)).isEqualTo(ROOMY);
            assertZero(memory.snapshot());
            memory.fill((byte) 0xee, 0, memory.size());
            memory.restore(image);
        }
    }

    @Test
    void noByteSurvivesARestoreToAnImageThatWasItselfGrown() {
        var memory = grownWithSlack();
        var image = memory.snapshot();

        memory.grow(8);
        memory.fill((byte) 0xee, 0, memory.size());
        memory.restore(image);

        assertThat(memory.grow(8)).isEqualTo(ROOMY);
        assertZero(memory.snapshot());
    }

    @Test
    void noByteSurvivesWhereRestoresMeetEveryKindOfCapacity() {
        var random = new Random(11);
        var memory = memory(1);
        var images = new byte[][] {new byte[0], new byte[PAGE], new byte[4 * PAGE]};

        for (int run = 0; run < 300; run++) {
            memory.restore(images[random.nextInt(images.length)]);
            for (int step = random.nextInt(4); step > 0; step--) {
                memory.grow(random.nextInt(4));
            }
            assertZero(memory.snapshot());
            memory.fill((byte) 0x55, 0, memory.size());
            if (random.nextBoolean()) {
                var image = images[random.nextInt(images.length)];
                memory.park(image);
                memory.unpark(image);
            }
        }
    }

    @Test
    void aParkedMemoryHoldsOnlyTheBlocksThatDifferFromItsImage() {
        var memory = memory(4);
        var image = memory.snapshot();
        memory.writeByte(0, (byte) 1);
        memory.writeByte(BLOCK - 1, (byte) 1);
        memory.writeI32(3 * BLOCK - 2, -1);

        assertThat(memory.parkedBytes()).isZero();
        memory.park(image);

        assertThat(memory.parkedBytes()).isEqualTo(3 * BLOCK);
        assertThat(memory.size()).isZero();
        memory.unpark(image);
        assertThat(memory.parkedBytes()).isZero();
        assertThat(memory.pages()).isEqualTo(4);
    }

    @Test
    void whatEqualsTheImageAgainIsNotKept() {
        var memory = memory(1);
        var image = memory.snapshot();
        memory.writeByte(7, (byte) 1);
        memory.writeByte(7, (byte) 0);

        memory.park(image);

        assertThat(memory.parkedBytes()).isZero();
        memory.unpark(image);
        assertThat(memory.snapshot()).isEqualTo(image);
    }

    @Test
    void everyAccessOfAParkedMemoryTraps() {
        var memory = memory(1);
        memory.park(new byte[PAGE]);

        accesses().forEach(access -> assertTraps(access, memory, 0));
    }

    @Test
    void parkingWhatIsParkedChangesNothing() {
        var memory = memory(1);
        memory.writeI32(0, 42);
        var image = new byte[PAGE];

        memory.park(image);
        memory.park(image);
        memory.unpark(image);

        assertThat(memory.pages()).isEqualTo(1);
        assertThat(memory.readInt(0)).isEqualTo(42);
    }

    @Test
    void unparkingWhatIsNotParkedChangesNothing() {
        var memory = memory(1);
        memory.writeI32(0, 42);

        memory.unpark(new byte[PAGE]);

        assertThat(memory.readInt(0)).isEqualTo(42);
    }

    @Test
    void restoringAParkedMemoryForgetsWhatWasParked() {
        var memory = memory(1);
        var image = memory.snapshot();
        memory.writeI32(0, 42);
        memory.park(image);

        memory.restore(image);
        memory.unpark(image);

        assertThat(memory.snapshot()).isEqualTo(image);
    }

    @Test
    void parkingAndUnparkingGivesBackWhateverTheMemoryHeld() {
        var random = new Random(5);
        for (int round = 0; round < 200; round++) {
            var memory = memory(1 + random.nextInt(3));
            scribble(memory, random);
            var image = memory.snapshot();
            memory.grow(random.nextInt(3));
            if (round % 10 == 0) {
                memory.restore(new byte[PAGE * random.nextInt(2)]);
            }
            scribble(memory, random);
            var before = memory.snapshot();

            memory.park(image);
            assertThat(memory.parkedBytes()).isEqualTo(differingBlocks(before, image) * BLOCK);
            memory.unpark(image);

            assertThat(memory.snapshot()).as("round %d", round).isEqualTo(before);
            assertThat(memory.pages()).isEqualTo(before.length / PAGE);
            memory.grow(1);
            assertZero(memory.readBytes(before.length, PAGE));
        }
    }

    private static void scribble(LinearMemory memory, Random random) {
        for (int i = random.nextInt(6); i > 0 && memory.size() > 0; i--) {
            int at = random.nextInt(memory.size());
            var bytes = new byte[Math.min(1 + random.nextInt(10_000), memory.size() - at)];
            random.nextBytes(bytes);
            memory.write(at, bytes);
        }
    }

    private static int differingBlocks(byte[] content, byte[] image) {
        int count = 0;
        for (int at = 0; at < content.length; at += BLOCK) {
            var block = Arrays.copyOfRange(content, at, at + BLOCK);
            if (at >= image.length
                    || !Arrays.equals(block, Arrays.copyOfRange(image, at, at + BLOCK))) {
                count++;
            }
        }
        return count;
    }

    @Test
    void growthAfterUnparkingGivesZeroesEvenWhereTheImageWentOn() {
        var memory = memory(1);
        var image = new byte[3 * PAGE];
        Arrays.fill(image, (byte) 0x77);

        memory.park(image);
        memory.unpark(image);
        memory.grow(2);

        assertZero(memory.snapshot());
    }
}
