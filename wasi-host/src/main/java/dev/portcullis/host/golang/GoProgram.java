package dev.portcullis.host.golang;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The function names and the version of a Go program, read from its initialised memory.
 *
 * <p>Names come from the line table (pclntab), which survives {@code -ldflags="-s -w"}. Its header
 * is found by its magic number and confirmed by the module data, which holds the header's address
 * followed by the address of the name table (runtime/symtab.go, {@code moduledata}). On wasm a
 * program counter is {@code PC_F << 16 | PC_B}, where PC_F is the function's place in the module's
 * table (cmd/internal/obj/wasm).
 */
public final class GoProgram {
    private static final VarHandle INTS =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Go 1.20 and later, little endian, instructions of 1 byte, pointers of 8. */
    private static final byte[] LINE_TABLE_MAGIC = {
        (byte) 0xf1, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 1, 8
    };

    private static final byte[] BUILD_INFO_MAGIC =
            "\u00ff Go buildinf:".getBytes(StandardCharsets.ISO_8859_1);

    private static final int MIN_PC_WORD = 20;

    private static final Pattern KNOWN_VERSIONS = Pattern.compile("go1\\.2[2-6](?![0-9])");

    private final String version;
    private final Map<Integer, String> nameByPlace;

    private GoProgram(String version, Map<Integer, String> nameByPlace) {
        this.version = version;
        this.nameByPlace = nameByPlace;
    }

    /**
     * Reads a program.
     *
     * @param memory the memory of an instance that was initialised from its data segments
     * @return nothing when the memory does not hold a Go program of a known layout
     */
    public static Optional<GoProgram> read(byte[] memory) {
        try {
            int table = lineTable(memory);
            if (table < 0) {
                return Optional.empty();
            }
            int names = table + (int) word(memory, table + 32);
            int moduleData = moduleData(memory, table, names);
            if (moduleData < 0) {
                return Optional.empty();
            }
            var version = version(memory);
            var functions =
                    functions(memory, table, names, word(memory, moduleData + 8 * MIN_PC_WORD));
            return version == null || functions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new GoProgram(version, functions));
        } catch (IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** The Go version as the toolchain writes it, for example {@code go1.26.8}. */
    public String version() {
        return version;
    }

    /**
     * Whether the layout that this package relies on was proved for the program's Go version: the
     * fixture policies give the same answers from images as from plain starts.
     */
    public boolean layoutKnown() {
        return KNOWN_VERSIONS.matcher(version).lookingAt();
    }

    /** The name of the function at a place of the module's table; null when it has none. */
    public @Nullable String nameAt(int place) {
        return nameByPlace.get(place);
    }

    /** The places of the module's table that hold functions whose name matches. */
    public BitSet placesOf(Predicate<String> name) {
        var places = new BitSet();
        nameByPlace.forEach((place, found) -> {
            if (name.test(found)) {
                places.set(place);
            }
        });
        return places;
    }

    private static int lineTable(byte[] memory) {
        int found = -1;
        for (int at = indexOf(memory, LINE_TABLE_MAGIC, 0);
                at >= 0;
                at = indexOf(memory, LINE_TABLE_MAGIC, at + 1)) {
            int names = at + (int) word(memory, at + 32);
            if (moduleData(memory, at, names) >= 0) {
                found = at;
                break;
            }
        }
        return found;
    }

    private static int moduleData(byte[] memory, int table, int names) {
        for (int at = 0; at + 8 * 36 <= memory.length; at += 8) {
            if (word(memory, at) == table && word(memory, at + 8) == names) {
                return at;
            }
        }
        return -1;
    }

    private static Map<Integer, String> functions(
            byte[] memory, int table, int names, long firstProgramCounter) {
        int count = (int) word(memory, table + 8);
        int entries = table + (int) word(memory, table + 64);
        var found = new HashMap<Integer, String>();
        long firstPlace = firstProgramCounter >>> 16;
        long first = Integer.toUnsignedLong(half(memory, entries));
        // Up to Go 1.24 entries are whole program counters, from 1.25 on they count functions.
        long second = count > 1 ? Integer.toUnsignedLong(half(memory, entries + 8)) : first;
        boolean wholeCounters = second - first >= 1 << 16;
        for (int i = 0; i < count; i++) {
            long offset = Integer.toUnsignedLong(half(memory, entries + 8 * i)) - first;
            long place = firstPlace + (wholeCounters ? offset >>> 16 : offset);
            int function = entries + half(memory, entries + 8 * i + 4);
            found.put((int) place, text(memory, names + half(memory, function + 4)));
        }
        return found;
    }

    private static @Nullable String version(byte[] memory) {
        int at = indexOf(memory, BUILD_INFO_MAGIC, 0);
        if (at < 0) {
            return null;
        }
        // Strings stand inline, each behind its length, from Go 1.18 on (debug/buildinfo).
        int length = 0;
        int position = at + 32;
        for (int shift = 0; ; shift += 7) {
            int b = memory[position++];
            length |= (b & 0x7f) << shift;
            if (b >= 0) {
                break;
            }
        }
        var text = new String(memory, position, length, StandardCharsets.UTF_8);
        return text.startsWith("go") ? text : null;
    }

    private static int indexOf(byte[] memory, byte[] wanted, int from) {
        outer:
        for (int at = from; at <= memory.length - wanted.length; at++) {
            for (int i = 0; i < wanted.length; i++) {
                if (memory[at + i] != wanted[i]) {
                    continue outer;
                }
            }
            return at;
        }
        return -1;
    }

    private static long word(byte[] memory, int at) {
        return (long) LONGS.get(memory, at);
    }

    private static int half(byte[] memory, int at) {
        return (int) INTS.get(memory, at);
    }

    private static String text(byte[] memory, int at) {
        int end = at;
        while (memory[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOfRange(memory, at, end), StandardCharsets.UTF_8);
    }
}
