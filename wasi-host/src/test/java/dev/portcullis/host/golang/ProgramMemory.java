package dev.portcullis.host.golang;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Memory as a Go program has it once its data segments are in place. */
final class ProgramMemory {
    private static final int DATA_SECTION = 11;
    private static final int PAGE = 65_536;

    private ProgramMemory() {}

    /** The memory that the active data segments of a module give. */
    static byte[] of(byte[] module) {
        var bytes = ByteBuffer.wrap(module).order(ByteOrder.LITTLE_ENDIAN).position(8);
        while (bytes.hasRemaining()) {
            int id = bytes.get();
            int size = (int) number(bytes);
            if (id == DATA_SECTION) {
                return filled(bytes);
            }
            bytes.position(bytes.position() + size);
        }
        throw new AssertionError("module has no data");
    }

    private static byte[] filled(ByteBuffer section) {
        var memory = new byte[PAGE];
        for (long count = number(section); count > 0; count--) {
            if (number(section) != 0 || section.get() != 0x41) {
                throw new AssertionError("not an active segment at a constant offset");
            }
            int offset = (int) number(section);
            section.get(); // the end of the offset's expression
            int length = (int) number(section);
            if (memory.length < offset + length) {
                memory = Arrays.copyOf(memory, (offset + length + 2 * PAGE - 1) / PAGE * PAGE);
            }
            section.get(memory, offset, length);
        }
        return memory;
    }

    /** A LEB128; offsets lie below 2 GiB, so their sign needs no care but for its padding bit. */
    private static long number(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    // What follows writes the few structures that a program is recognised by.

    private static final int TABLE = 1_024;
    private static final int ENTRIES = 128;
    private static final int FUNCTIONS = 512;
    private static final int NAMES = 4_096;
    private static final int MODULE_DATA = 16_384;
    private static final int VERSION_HEADER = 20_480;
    private static final int VERSION_TEXT = 20_544;
    private static final int MODULES = 24_576;
    private static final int FIRST_PLACE = 3;

    /**
     * A program with some functions from place 3 on.
     *
     * @param wholeCounters whether the function table counts program counters (up to Go 1.24) or
     *     functions
     */
    static byte[] made(
            String version, boolean wholeCounters, List<String> modules, List<String> functions) {
        var memory = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
        memory.put(TABLE, HexFormat.of().parseHex("f1ffffff00000108"));
        memory.putLong(TABLE + 8, functions.size());
        memory.putLong(TABLE + 32, NAMES - TABLE);
        memory.putLong(TABLE + 64, ENTRIES);
        int name = 1;
        for (int i = 0; i < functions.size(); i++) {
            int entry = TABLE + ENTRIES + 8 * i;
            memory.putInt(entry, wholeCounters ? i << 16 : i);
            memory.putInt(entry + 4, FUNCTIONS + 16 * i);
            memory.putInt(TABLE + ENTRIES + FUNCTIONS + 16 * i + 4, name);
            var text = functions.get(i).getBytes(StandardCharsets.UTF_8);
            memory.put(NAMES + name, text);
            name += text.length + 1;
        }
        memory.putLong(MODULE_DATA, TABLE);
        memory.putLong(MODULE_DATA + 8, NAMES);
        memory.putLong(MODULE_DATA + 8 * 20, (long) FIRST_PLACE << 16);
        memory.putLong(VERSION_HEADER, VERSION_TEXT);
        memory.putLong(VERSION_HEADER + 8, version.length());
        memory.put(VERSION_TEXT, version.getBytes(StandardCharsets.US_ASCII));
        if (!modules.isEmpty()) {
            var text =
                    "path\tcommand\n"
                            + String.join("", modules.stream().map(m -> m + "\n").toList());
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            memory.put(MODULES, HexFormat.of().parseHex("3077af0c9274080241e1c107e6d618e6"));
            memory.put(MODULES + 16, bytes);
            memory.put(
                    MODULES + 16 + bytes.length,
                    HexFormat.of().parseHex("f932433186182072008242104116d8f2"));
        }
        return memory.array();
    }
}
