package dev.portcullis.host.engine;

import com.dylibso.chicory.runtime.ConstantEvaluators;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasm.ChicoryException;
import com.dylibso.chicory.wasm.UninstantiableException;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.PassiveDataSegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Linear memory in one Java array.
 *
 * <p>The array may be longer than the memory, so that growing in small steps does not copy each
 * time; every access is therefore checked against {@link #size} and not left to the array's own
 * bound. The object stays the same for the life of a guest while its array may be exchanged: that
 * is how a waiting guest is reduced to the pages that it changed ({@link #park}).
 *
 * <p>Atomic accesses are plain ones: a guest has one thread.
 */
final class LinearMemory implements Memory {
    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    /** Unit in which a parked memory is compared with its image. */
    private static final int BLOCK = 4096;

    /** Memories above this size get some room when they grow. */
    private static final int ROOM_ABOVE = 16 << 20;

    private final int initialPages;
    private final int declaredMaximum;
    private int maximumPages;
    private byte[] bytes;
    private int size;
    private boolean filled;
    private boolean growthRefused;
    private DataSegment[] dataSegments = {};

    /** What a waiting guest keeps of its memory; null while it runs. */
    private @Nullable ParkedMemory parked;

    @SuppressWarnings("ArrayRecordComponent") // never leaves this object
    private record ParkedMemory(int size, int[] changedBlocks, byte[] content) {}

    /** Where the array comes from and goes to; null for a memory that never sees an image. */
    private final @Nullable MemoryArrays arrays;

    /** The length of arrays from there; 0 while this memory has none of them. */
    private int borrowedLength;

    /**
     * A memory that has no content until an image is restored.
     *
     * @param declared what the module asks for
     * @param arrays lends the arrays for images
     */
    LinearMemory(MemoryLimits declared, MemoryArrays arrays) {
        initialPages = declared.initialPages();
        declaredMaximum = Math.min(declared.maximumPages(), RUNTIME_MAX_PAGES);
        maximumPages = declaredMaximum;
        bytes = new byte[0];
        filled = true;
        this.arrays = arrays;
    }

    /**
     * A memory of the initial size.
     *
     * @param declared what the module asks for
     * @throws UninstantiableException when the module starts with more than the engine can address
     */
    LinearMemory(MemoryLimits declared) {
        initialPages = declared.initialPages();
        if (initialPages > RUNTIME_MAX_PAGES) {
            throw new UninstantiableException(
                    "module asks for " + initialPages + " pages of memory at its start");
        }
        declaredMaximum = Math.min(declared.maximumPages(), RUNTIME_MAX_PAGES);
        maximumPages = declaredMaximum;
        size = initialPages * PAGE_SIZE;
        bytes = new byte[size];
        arrays = null;
    }

    /** Bounds growth from now on; the bytes are rounded down to whole pages. */
    void limit(long limitBytes) {
        maximumPages = (int) Math.min(declaredMaximum, limitBytes / PAGE_SIZE);
        growthRefused = false;
    }

    /** Whether the guest holds more than its limit allows, or asked for more since it was set. */
    boolean limitReached() {
        return growthRefused || size / PAGE_SIZE > maximumPages;
    }

    /** The memory's size in bytes. */
    int size() {
        return size;
    }

    /** A copy of the whole content. */
    byte[] snapshot() {
        return Arrays.copyOf(bytes, size);
    }

    /** Makes the memory equal to an image that {@link #snapshot} took. */
    void restore(byte[] image) {
        parked = null;
        if (bytes.length != image.length) {
            release();
            borrow(image.length);
        }
        System.arraycopy(image, 0, bytes, 0, image.length);
        size = image.length;
    }

    private void borrow(int length) {
        bytes = arrays == null ? new byte[length] : arrays.take(length);
        borrowedLength = length;
    }

    /** Gives the array up; the memory is empty until it is restored or unparked. */
    void release() {
        if (arrays != null && borrowedLength != 0) {
            arrays.giveBack(bytes, borrowedLength);
        }
        borrowedLength = 0;
        bytes = new byte[0];
        size = 0;
    }

    /** Whether it is better to park a guest at once than to see whether its wait is short. */
    boolean crowded() {
        return arrays != null && arrays.crowded();
    }

    /** Drops the array, keeping the blocks that differ from the image. Any thread may call it. */
    void park(byte[] image) {
        if (parked != null) {
            return;
        }
        int blocks = (size + BLOCK - 1) / BLOCK;
        var changed = new int[blocks];
        int count = 0;
        for (int i = 0; i < blocks; i++) {
            int from = i * BLOCK;
            int to = Math.min(size, from + BLOCK);
            if (to > image.length || !Arrays.equals(bytes, from, to, image, from, to)) {
                changed[count++] = i;
            }
        }
        var content = new byte[count * BLOCK];
        for (int i = 0; i < count; i++) {
            int from = changed[i] * BLOCK;
            System.arraycopy(bytes, from, content, i * BLOCK, Math.min(BLOCK, size - from));
        }
        parked = new ParkedMemory(size, Arrays.copyOf(changed, count), content);
        release();
    }

    /** Undoes {@link #park}; does nothing to a memory that is not parked. */
    void unpark(byte[] image) {
        var kept = parked;
        if (kept == null) {
            return;
        }
        parked = null;
        if (kept.size == image.length) {
            borrow(image.length);
            System.arraycopy(image, 0, bytes, 0, image.length);
        } else {
            bytes = Arrays.copyOf(image, kept.size);
        }
        size = kept.size;
        for (int i = 0; i < kept.changedBlocks.length; i++) {
            int from = kept.changedBlocks[i] * BLOCK;
            System.arraycopy(kept.content, i * BLOCK, bytes, from, Math.min(BLOCK, size - from));
        }
    }

    /** Bytes that a parked memory holds; 0 while it is not parked. */
    int parkedBytes() {
        return parked == null ? 0 : parked.content.length;
    }

    private int check(int address, int length) {
        // One unsigned comparison: negative addresses are above 2 GiB and out of bounds.
        if (Integer.compareUnsigned(address, size - length) > 0 || size < length) {
            throw outOfBounds(address, length);
        }
        return address;
    }

    private TrapException outOfBounds(int address, int length) {
        return new TrapException(
                "out of bounds memory access: "
                        + length
                        + " bytes at "
                        + Integer.toUnsignedString(address)
                        + " of "
                        + size);
    }

    private void checkRange(int address, int length) {
        if (length < 0 || address < 0 || address > size - length) {
            throw outOfBounds(address, length);
        }
    }

    @Override
    public int pages() {
        return size / PAGE_SIZE;
    }

    @Override
    public int grow(int pages) {
        int before = pages();
        if (pages < 0 || pages > maximumPages - before) {
            growthRefused = true;
            return -1;
        }
        int wanted = (before + pages) * PAGE_SIZE;
        if (wanted > bytes.length && !reallocate(wanted)) {
            growthRefused = true;
            return -1;
        }
        size = wanted;
        return before;
    }

    private boolean reallocate(int wanted) {
        long roomy = Math.min(wanted + (long) wanted / 4, (long) maximumPages * PAGE_SIZE);
        try {
            bytes = Arrays.copyOf(bytes, wanted > ROOM_ABOVE ? (int) roomy : wanted);
            return true;
        } catch (OutOfMemoryError e) {
            return false; // the guest is told, and others go on
        }
    }

    @Override
    public int initialPages() {
        return initialPages;
    }

    @Override
    public int maximumPages() {
        return declaredMaximum;
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public void initialize(Instance instance, DataSegment[] segments) {
        initialize(instance, segments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] segments, int memoryIndex) {
        if (filled) {
            return; // a tier that shares this memory
        }
        filled = true;
        dataSegments = segments;
        for (var segment : segments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                long offset =
                        ConstantEvaluators.computeConstantValue(
                                instance, active.offsetInstructions())[0];
                byte[] data = active.data();
                if (offset < 0 || offset > size - (long) data.length) {
                    throw new UninstantiableException(
                            "data segment of "
                                    + data.length
                                    + " bytes at "
                                    + offset
                                    + " lies outside the memory");
                }
                System.arraycopy(data, 0, bytes, (int) offset, data.length);
            }
        }
    }

    @Override
    public void initPassiveSegment(int segment, int destination, int offset, int length) {
        byte[] data = dataSegments[segment].data();
        if (length < 0 || offset < 0 || offset > data.length - length) {
            throw outOfBounds(offset, length);
        }
        checkRange(destination, length);
        System.arraycopy(data, offset, bytes, destination, length);
    }

    @Override
    public void drop(int segment) {
        dataSegments[segment] = PassiveDataSegment.EMPTY;
    }

    @Override
    public void zero() {
        if (!filled) {
            Arrays.fill(bytes, 0, size, (byte) 0);
        }
    }

    @Override
    public void fill(byte value, int from, int to) {
        checkRange(from, to - from);
        Arrays.fill(bytes, from, to, value);
    }

    @Override
    public void copy(int destination, int source, int length) {
        checkRange(source, length);
        checkRange(destination, length);
        System.arraycopy(bytes, source, bytes, destination, length);
    }

    @Override
    public void write(int address, byte[] data, int offset, int length) {
        checkRange(address, length);
        System.arraycopy(data, offset, bytes, address, length);
    }

    @Override
    public byte[] readBytes(int address, int length) {
        checkRange(address, length);
        return Arrays.copyOfRange(bytes, address, address + length);
    }

    @Override
    public byte read(int address) {
        return bytes[check(address, 1)];
    }

    @Override
    public void writeByte(int address, byte value) {
        bytes[check(address, 1)] = value;
    }

    @Override
    public short readShort(int address) {
        return (short) SHORTS.get(bytes, check(address, 2));
    }

    @Override
    public long readU16(int address) {
        return Short.toUnsignedLong(readShort(address));
    }

    @Override
    public void writeShort(int address, short value) {
        SHORTS.set(bytes, check(address, 2), value);
    }

    @Override
    public int readInt(int address) {
        return (int) INTS.get(bytes, check(address, 4));
    }

    @Override
    public void writeI32(int address, int value) {
        INTS.set(bytes, check(address, 4), value);
    }

    @Override
    public long readLong(int address) {
        return (long) LONGS.get(bytes, check(address, 8));
    }

    @Override
    public void writeLong(int address, long value) {
        LONGS.set(bytes, check(address, 8), value);
    }

    @Override
    public float readFloat(int address) {
        return (float) FLOATS.get(bytes, check(address, 4));
    }

    @Override
    public long readF32(int address) {
        return readInt(address);
    }

    @Override
    public void writeF32(int address, float value) {
        FLOATS.set(bytes, check(address, 4), value);
    }

    @Override
    public double readDouble(int address) {
        return (double) DOUBLES.get(bytes, check(address, 8));
    }

    @Override
    public long readF64(int address) {
        return readLong(address);
    }

    @Override
    public void writeF64(int address, double value) {
        DOUBLES.set(bytes, check(address, 8), value);
    }

    // The rest serves threads, which no guest has.

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public Object lock(int address) {
        return this;
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public int waitOn(int address, int expected, long timeout) {
        throw new ChicoryException("memory.atomic.wait needs a shared memory");
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public int waitOn(int address, long expected, long timeout) {
        throw new ChicoryException("memory.atomic.wait needs a shared memory");
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public int notify(int address, int maxThreads) {
        return 0;
    }
}
