package dev.portcullis.host.wasm;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of a module, cut into sections and function bodies but not decoded further.
 *
 * <p>Its use is to write <em>reduced</em> modules: copies in which only some functions keep their
 * body and every other function leaves through an extra table (see {@link #reduced}). All function
 * and type indices stay what they were, so reduced modules of one binary can call each other.
 *
 * @see <a href="https://webassembly.github.io/spec/core/binary/modules.html">WebAssembly, binary
 *     format of modules</a>
 */
public final class WasmBinary {
    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};

    private static final int CUSTOM = 0;
    private static final int TYPE = 1;
    private static final int IMPORT = 2;
    private static final int FUNCTION = 3;
    private static final int TABLE = 4;
    private static final int MEMORY = 5;
    private static final int EXPORT = 7;
    private static final int START = 8;
    private static final int ELEMENT = 9;
    private static final int CODE = 10;
    private static final int DATA = 11;
    private static final int DATA_COUNT = 12;
    private static final int TAG = 13;

    private static final int LOCAL_GET = 0x20;
    private static final int I32_CONST = 0x41;
    private static final int CALL_INDIRECT = 0x11;
    private static final int END = 0x0b;
    private static final int FUNCREF = 0x70;

    private static final Set<Integer> STATE = Set.of(EXPORT, START, ELEMENT, DATA, DATA_COUNT);

    private record Section(int id, int headerStart, int payloadStart, int end) {}

    private final byte[] bytes;
    private final List<Section> sections;
    private int[] parameterCounts = {};
    private boolean plainTypes = true;
    private int[] functionTypes = {};
    private int importedFunctions;
    private int tables;
    private boolean importsOtherThanFunctions;
    private int[] bodyStarts = {};
    private int[] bodyEnds = {};

    private WasmBinary(byte[] bytes, List<Section> sections) {
        this.bytes = bytes;
        this.sections = sections;
    }

    /**
     * Cuts the bytes of a module.
     *
     * @throws MalformedModuleException when they are no module, or truncated
     */
    public static WasmBinary of(byte[] bytes) {
        if (bytes.length < 8 || !Arrays.equals(bytes, 0, 4, HEADER, 0, 4)) {
            throw new MalformedModuleException("not a WebAssembly module: no magic number");
        }
        if (!Arrays.equals(bytes, 4, 8, HEADER, 4, 8)) {
            throw new MalformedModuleException(
                    "not a core WebAssembly module of version 1 (components cannot be run)");
        }
        var sections = new ArrayList<Section>();
        var cursor = new Cursor(bytes, 8, bytes.length);
        while (!cursor.atEnd()) {
            int headerStart = cursor.position();
            int id = cursor.unsignedByte();
            int length = cursor.count();
            int start = cursor.skip(length);
            sections.add(new Section(id, headerStart, start, start + length));
        }
        var binary = new WasmBinary(bytes, List.copyOf(sections));
        binary.index();
        return binary;
    }

    private void index() {
        section(TYPE).ifPresent(this::indexTypes);
        section(IMPORT).ifPresent(this::indexImports);
        section(FUNCTION).ifPresent(this::indexFunctions);
        section(TABLE).ifPresent(s -> tables += cursor(s).count());
        section(CODE).ifPresent(this::indexCode);
        if (functionTypes.length - importedFunctions != bodyStarts.length) {
            throw new MalformedModuleException(
                    (functionTypes.length - importedFunctions)
                            + " functions are declared but "
                            + bodyStarts.length
                            + " have code");
        }
    }

    private void indexTypes(Section section) {
        var cursor = cursor(section);
        int count = cursor.count();
        var counts = new int[Math.min(count, bytes.length)];
        for (int i = 0; i < count; i++) {
            if (cursor.unsignedByte() != 0x60) {
                // Recursive, struct and array types; only the engine's own parser reads them.
                plainTypes = false;
                return;
            }
            counts[i] = skipValueTypes(cursor);
            skipValueTypes(cursor);
        }
        parameterCounts = counts;
    }

    private int skipValueTypes(Cursor cursor) {
        int count = cursor.count();
        for (int i = 0; i < count; i++) {
            int type = cursor.unsignedByte();
            if (type == 0x63 || type == 0x64) {
                cursor.skipNumber();
            }
        }
        return count;
    }

    private void indexImports(Section section) {
        var cursor = cursor(section);
        int count = cursor.count();
        var types = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            cursor.name();
            cursor.name();
            int kind = cursor.unsignedByte();
            if (kind != 0) {
                importsOtherThanFunctions = true;
                return;
            }
            types.add(cursor.count());
        }
        importedFunctions = types.size();
        functionTypes = types.stream().mapToInt(Integer::intValue).toArray();
    }

    private void indexFunctions(Section section) {
        var cursor = cursor(section);
        int count = cursor.count();
        if (count > bytes.length) {
            throw new MalformedModuleException("more functions than bytes");
        }
        int[] types = Arrays.copyOf(functionTypes, importedFunctions + count);
        for (int i = importedFunctions; i < types.length; i++) {
            types[i] = cursor.count();
        }
        functionTypes = types;
    }

    private void indexCode(Section section) {
        var cursor = cursor(section);
        int count = cursor.count();
        if (count > bytes.length) {
            throw new MalformedModuleException("more function bodies than bytes");
        }
        bodyStarts = new int[count];
        bodyEnds = new int[count];
        for (int i = 0; i < count; i++) {
            int length = cursor.count();
            bodyStarts[i] = cursor.skip(length);
            bodyEnds[i] = bodyStarts[i] + length;
        }
    }

    private Cursor cursor(Section section) {
        return new Cursor(bytes, section.payloadStart, section.end);
    }

    private Optional<Section> section(int id) {
        return sections.stream().filter(s -> s.id == id).findFirst();
    }

    /** The whole module, not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    /** The content of the first custom section with this name. */
    public Optional<byte[]> customSection(String name) {
        for (var section : sections) {
            if (section.id == CUSTOM) {
                var cursor = cursor(section);
                if (cursor.name().equals(name)) {
                    return Optional.of(Arrays.copyOfRange(bytes, cursor.position(), section.end));
                }
            }
        }
        return Optional.empty();
    }

    /** All functions, imported ones first. */
    public int functionCount() {
        return functionTypes.length;
    }

    /** How many functions are imported; their indices come first. */
    public int importedFunctionCount() {
        return importedFunctions;
    }

    /** The index of the table through which stubs leave a reduced module. */
    public int exitTable() {
        return tables;
    }

    /**
     * Whether the form of the module allows reduced copies. Garbage-collected types, exceptions and
     * imported memories or tables keep state for each instance that the copies could not share; the
     * same holds for passive segments, which the engine looks for once it has decoded them.
     */
    public boolean reducible() {
        return plainTypes
                && !importsOtherThanFunctions
                && section(TAG).isEmpty()
                && section(MEMORY).map(s -> cursor(s).count() == 1).orElse(false);
    }

    /**
     * A module in which only the functions of {@code kept} have their body. Every other function is
     * a stub that passes its arguments on to the entry of its own index in {@link #exitTable}.
     *
     * @param kept function indices
     * @param withState whether data, elements, exports and the start function stay as well; without
     *     them the module is code that runs on another instance's memory, globals and tables
     */
    public byte[] reduced(BitSet kept, boolean withState) {
        return reduced(kept, withState ? STATE : Set.of());
    }

    /**
     * A module without any function body and without content: what {@link #reduced} gives with
     * state, but for data and the start function.
     */
    public byte[] blank() {
        return reduced(new BitSet(), Set.of(EXPORT, ELEMENT));
    }

    private byte[] reduced(BitSet kept, Set<Integer> stateSections) {
        if (!reducible()) {
            throw new IllegalStateException("module cannot be reduced");
        }
        var out = new ByteArrayOutputStream();
        out.writeBytes(HEADER);
        boolean tableWritten = false;
        for (var section : sections) {
            if (!tableWritten && section.id != CUSTOM && rank(section.id) > rank(TABLE)) {
                writeTables(out, null);
                tableWritten = true;
            }
            switch (section.id) {
                case CUSTOM -> {}
                case TABLE -> {
                    writeTables(out, section);
                    tableWritten = true;
                }
                case CODE -> writeCode(out, kept);
                default -> {
                    if (!STATE.contains(section.id) || stateSections.contains(section.id)) {
                        copy(out, section);
                    }
                }
            }
        }
        return out.toByteArray();
    }

    /** Sections come in the order of their ids, but for the two youngest. */
    private static int rank(int id) {
        return switch (id) {
            case TAG -> 2 * MEMORY + 1;
            case DATA_COUNT -> 2 * ELEMENT + 1;
            default -> 2 * id;
        };
    }

    private void copy(ByteArrayOutputStream out, Section section) {
        out.write(bytes, section.headerStart, section.end - section.headerStart);
    }

    private void writeTables(ByteArrayOutputStream out, @Nullable Section old) {
        var payload = new ByteArrayOutputStream();
        if (old == null) {
            writeCount(payload, 1);
        } else {
            var cursor = cursor(old);
            writeCount(payload, cursor.count() + 1);
            payload.write(bytes, cursor.position(), old.end - cursor.position());
        }
        payload.write(FUNCREF);
        payload.write(0);
        writeCount(payload, functionTypes.length);
        writeSection(out, TABLE, payload);
    }

    private void writeCode(ByteArrayOutputStream out, BitSet kept) {
        var payload = new ByteArrayOutputStream();
        writeCount(payload, bodyStarts.length);
        for (int i = 0; i < bodyStarts.length; i++) {
            int function = importedFunctions + i;
            if (kept.get(function)) {
                writeCount(payload, bodyEnds[i] - bodyStarts[i]);
                payload.write(bytes, bodyStarts[i], bodyEnds[i] - bodyStarts[i]);
            } else {
                byte[] stub = stub(function);
                writeCount(payload, stub.length);
                payload.writeBytes(stub);
            }
        }
        writeSection(out, CODE, payload);
    }

    private byte[] stub(int function) {
        int type = functionTypes[function];
        var body = new ByteArrayOutputStream();
        writeCount(body, 0);
        for (int i = 0; i < parameterCounts[type]; i++) {
            body.write(LOCAL_GET);
            writeCount(body, i);
        }
        body.write(I32_CONST);
        writeSigned(body, function);
        body.write(CALL_INDIRECT);
        writeCount(body, type);
        writeCount(body, exitTable());
        body.write(END);
        return body.toByteArray();
    }

    private static void writeSection(
            ByteArrayOutputStream out, int id, ByteArrayOutputStream payload) {
        out.write(id);
        writeCount(out, payload.size());
        out.writeBytes(payload.toByteArray());
    }

    private static void writeCount(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest >= 0x80) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }

    private static void writeSigned(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest < -0x40 || rest >= 0x40) {
            out.write((rest & 0x7f) | 0x80);
            rest >>= 7;
        }
        out.write(rest & 0x7f);
    }
}
