package dev.portcullis.host.golang;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
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

    private static final byte[] VERSION_PREFIX = "go1.".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern VERSION =
            Pattern.compile("go1\\.[0-9]+(\\.[0-9]+|rc[0-9]+|beta[0-9]+)?( X:.*)?");

    /** Stands before and behind the module list (runtime/debug, {@code modinfo}). */
    private static final byte[] MODULES_START =
            HexFormat.of().parseHex("3077af0c9274080241e1c107e6d618e6");

    private static final byte[] MODULES_END =
            HexFormat.of().parseHex("f932433186182072008242104116d8f2");

    private static final int MIN_PC_WORD = 20;

    private static final Pattern KNOWN_VERSIONS = Pattern.compile("go1\\.2[2-6](\\.[0-9]+)?");

    private final String version;
    private final Map<Integer, String> nameByPlace;
    private final List<String> modules;

    private GoProgram(String version, Map<Integer, String> nameByPlace, List<String> modules) {
        this.version = version;
        this.nameByPlace = nameByPlace;
        this.modules = modules;
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
                    : Optional.of(new GoProgram(version, functions, modules(memory)));
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
        return KNOWN_VERSIONS.matcher(version).matches();
    }

    /** The name of the function at a place of the module's table; null when it has none. */
    public @Nullable String nameAt(int place) {
        return nameByPlace.get(place);
    }

    /**
     * Whether a function belongs to the standard library: its package is in none of the modules
     * that the program was built from, as the program itself lists them.
     */
    public boolean isStandard(String function) {
        var path = packageOf(function);
        return !modules.isEmpty()
                && !path.equals("main")
                && !path.split("/", 2)[0].contains(".")
                // The linker writes a dot in a path's last element as %2e.
                && !path.contains("%")
                && modules.stream().noneMatch(m -> path.equals(m) || path.startsWith(m + "/"));
    }

    private static String packageOf(String function) {
        int end = function.length();
        for (int i = 0; i < function.length(); i++) {
            char c = function.charAt(i);
            if (c == '[' || c == '(') {
                end = i;
                break;
            }
        }
        int slash = function.lastIndexOf('/', end - 1);
        int dot = function.indexOf('.', slash + 1);
        return dot < 0 ? function : function.substring(0, dot);
    }

    private static List<String> modules(byte[] memory) {
        int start = indexOf(memory, MODULES_START, 0);
        int end = start < 0 ? -1 : indexOf(memory, MODULES_END, start);
        if (end < 0) {
            return List.of();
        }
        var text = new String(memory, start + 16, end - start - 16, StandardCharsets.UTF_8);
        return text.lines()
                .map(line -> line.split("\t"))
                .filter(f -> f.length > 1 && (f[0].equals("mod") || f[0].equals("dep")))
                .map(fields -> fields[1])
                .toList();
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

    /**
     * The value of {@code runtime.buildVersion}: the one version text that a string header points
     * at. The build information that other platforms have is not part of a wasm program.
     */
    private static @Nullable String version(byte[] memory) {
        var addresses = new HashSet<Long>();
        for (int at = indexOf(memory, VERSION_PREFIX, 0);
                at >= 0;
                at = indexOf(memory, VERSION_PREFIX, at + 1)) {
            addresses.add((long) at);
        }
        var versions = new HashSet<String>();
        for (int at = 0; at + 16 <= memory.length; at += 8) {
            long address = word(memory, at);
            long length = word(memory, at + 8);
            if (length >= 5 && length <= 32 && addresses.contains(address)) {
                var text =
                        new String(memory, (int) address, (int) length, StandardCharsets.US_ASCII);
                if (VERSION.matcher(text).matches()) {
                    versions.add(text);
                }
            }
        }
        return versions.size() == 1 ? versions.iterator().next() : null;
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
