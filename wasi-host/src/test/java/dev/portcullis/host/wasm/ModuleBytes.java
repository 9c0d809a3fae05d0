package dev.portcullis.host.wasm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes small modules, byte by byte so that tests can also write wrong ones. */
@SuppressWarnings("MutablePublicArray") // code fragments; join copies them
public final class ModuleBytes {
    public static final int I32 = 0x7f;
    public static final int I64 = 0x7e;
    public static final int F64 = 0x7c;

    public static final byte[] UNREACHABLE = {0x00};
    public static final byte[] LOOP = {0x03, 0x40};
    public static final byte[] IF = {0x04, 0x40};
    public static final byte[] IF_I32 = {0x04, 0x7f};
    public static final byte[] ELSE = {0x05};
    public static final byte[] END = {0x0b};
    public static final byte[] RETURN = {0x0f};
    public static final byte[] DROP = {0x1a};
    public static final byte[] I32_EQZ = {0x45};
    public static final byte[] I32_LESS = {0x48};
    public static final byte[] I32_ADD = {0x6a};
    public static final byte[] I32_SUB = {0x6b};
    public static final byte[] I32_MUL = {0x6c};
    public static final byte[] I64_ADD = {0x7c};
    public static final byte[] I64_MUL = {0x7e};
    public static final byte[] F64_ADD = {(byte) 0xa0};
    public static final byte[] F64_MUL = {(byte) 0xa2};
    public static final byte[] I64_EXTEND_I32 = {(byte) 0xac};
    public static final byte[] F64_CONVERT_I32 = {(byte) 0xb7};
    public static final byte[] F64_CONVERT_I64 = {(byte) 0xb9};
    public static final byte[] I64_REINTERPRET_F64 = {(byte) 0xbd};
    public static final byte[] MEMORY_SIZE = {0x3f, 0};
    public static final byte[] MEMORY_GROW = {0x40, 0};

    private static final int FUNCTION = 0;
    private static final int TABLE = 1;
    private static final int MEMORY = 2;

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<byte[]> functions = new ArrayList<>();
    private final List<byte[]> tables = new ArrayList<>();
    private final List<byte[]> memories = new ArrayList<>();
    private final List<byte[]> tags = new ArrayList<>();
    private final List<byte[]> globals = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private final List<byte[]> elements = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<byte[]> data = new ArrayList<>();
    private final List<byte[]> customs = new ArrayList<>();
    private byte[] start = {};
    private int importedFunctions;

    /** The first eight bytes of every module. */
    public static byte[] header() {
        return new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0};
    }

    public static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    public static byte[] bytes(int... values) {
        var out = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            out[i] = (byte) values[i];
        }
        return out;
    }

    /** An unsigned LEB128. */
    public static byte[] number(int value) {
        var out = new ByteArrayOutputStream();
        int rest = value;
        while (rest >>> 7 != 0) {
            out.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return out.toByteArray();
    }

    /** A signed LEB128. */
    private static byte[] signed(long value) {
        var out = new ByteArrayOutputStream();
        long rest = value;
        while (rest < -0x40 || rest >= 0x40) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>= 7;
        }
        out.write((int) (rest & 0x7f));
        return out.toByteArray();
    }

    private static byte[] name(String text) {
        return sized(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] sized(byte[] content) {
        return join(number(content.length), content);
    }

    private static byte[] list(List<byte[]> parts) {
        return join(number(parts.size()), join(parts.toArray(byte[][]::new)));
    }

    public static byte[] section(int id, byte[] payload) {
        return join(bytes(id), sized(payload));
    }

    public static byte[] i32(int value) {
        return join(bytes(0x41), signed(value));
    }

    public static byte[] i64(long value) {
        return join(bytes(0x42), signed(value));
    }

    public static byte[] f64(double value) {
        return ByteBuffer.allocate(9)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x44)
                .putDouble(value)
                .array();
    }

    public static byte[] localGet(int index) {
        return join(bytes(0x20), number(index));
    }

    public static byte[] localSet(int index) {
        return join(bytes(0x21), number(index));
    }

    public static byte[] globalGet(int index) {
        return join(bytes(0x23), number(index));
    }

    public static byte[] globalSet(int index) {
        return join(bytes(0x24), number(index));
    }

    public static byte[] call(int function) {
        return join(bytes(0x10), number(function));
    }

    /** A call of an entry of the first table. */
    public static byte[] callIndirect(int type) {
        return join(bytes(0x11), number(type), number(0));
    }

    public static byte[] branch(int depth) {
        return join(bytes(0x0c), number(depth));
    }

    public static byte[] branchIf(int depth) {
        return join(bytes(0x0d), number(depth));
    }

    /** A branch by table that goes to the same place whatever it is given. */
    public static byte[] branchTable(int depth) {
        return join(bytes(0x0e), number(1), number(depth), number(depth));
    }

    public static byte[] i32Load(int offset) {
        return join(bytes(0x28, 2), number(offset));
    }

    public static byte[] i32Store(int offset) {
        return join(bytes(0x36, 2), number(offset));
    }

    /** Copies from a data segment; takes destination, offset and length. */
    public static byte[] memoryInit(int segment) {
        return join(bytes(0xfc, 8), number(segment), bytes(0));
    }

    /** Copies from an element segment into the first table. */
    public static byte[] tableInit(int segment) {
        return join(bytes(0xfc, 12), number(segment), bytes(0));
    }

    public int type(List<Integer> parameters, List<Integer> results) {
        types.add(join(bytes(0x60), valueTypes(parameters), valueTypes(results)));
        return types.size() - 1;
    }

    private static byte[] valueTypes(List<Integer> list) {
        return list(list.stream().map(ModuleBytes::bytes).toList());
    }

    /** A structure without fields, a type of the garbage collection proposal. */
    public ModuleBytes structType() {
        types.add(bytes(0x5f, 0));
        return this;
    }

    public int importFunction(String module, String name, int type) {
        imports.add(join(name(module), name(name), bytes(FUNCTION), number(type)));
        return importedFunctions++;
    }

    public ModuleBytes importMemory(String module, String name) {
        imports.add(join(name(module), name(name), bytes(MEMORY, 0, 1)));
        return this;
    }

    public ModuleBytes importTable(String module, String name) {
        imports.add(join(name(module), name(name), bytes(TABLE, 0x70, 0, 1)));
        return this;
    }

    /** A function with some i32 locals behind its parameters; its last END is added. */
    public int function(int type, int locals, byte[]... code) {
        functions.add(number(type));
        var declared = locals == 0 ? bytes(0) : join(bytes(1), number(locals), bytes(I32));
        bodies.add(sized(join(declared, join(code), END)));
        return importedFunctions + functions.size() - 1;
    }

    public ModuleBytes table(int minimum) {
        tables.add(join(bytes(0x70, 0), number(minimum)));
        return this;
    }

    public ModuleBytes memory(int minimum) {
        memories.add(join(bytes(0), number(minimum)));
        return this;
    }

    public ModuleBytes memory(int minimum, int maximum) {
        memories.add(join(bytes(1), number(minimum), number(maximum)));
        return this;
    }

    /** An exception tag of a type without results. */
    public ModuleBytes tag(int type) {
        tags.add(join(bytes(0), number(type)));
        return this;
    }

    public int global(int valueType, byte[] initial) {
        globals.add(join(bytes(valueType, 1), initial, END));
        return globals.size() - 1;
    }

    public ModuleBytes export(String name, int function) {
        exports.add(join(name(name), bytes(FUNCTION), number(function)));
        return this;
    }

    public ModuleBytes exportMemory(String name) {
        exports.add(join(name(name), bytes(MEMORY, 0)));
        return this;
    }

    public ModuleBytes start(int function) {
        start = number(function);
        return this;
    }

    /** Functions for the first table, from an offset on. */
    public ModuleBytes elements(int offset, int... indices) {
        var parts = new ArrayList<byte[]>();
        for (int index : indices) {
            parts.add(number(index));
        }
        elements.add(join(bytes(0), i32(offset), END, list(parts)));
        return this;
    }

    /** Functions that only {@code table.init} puts into a table. */
    public ModuleBytes passiveElements(int function) {
        elements.add(join(bytes(1, 0, 1), number(function)));
        return this;
    }

    public ModuleBytes data(int offset, byte[] content) {
        data.add(join(bytes(0), i32(offset), END, sized(content)));
        return this;
    }

    /** Data for a memory that need not be the first. */
    public ModuleBytes dataOf(int memory, int offset, byte[] content) {
        data.add(join(bytes(2), number(memory), i32(offset), END, sized(content)));
        return this;
    }

    public ModuleBytes passiveData(byte[] content) {
        data.add(join(bytes(1), sized(content)));
        return this;
    }

    public ModuleBytes custom(String name, byte[] content) {
        customs.add(join(name(name), content));
        return this;
    }

    public byte[] module() {
        var out = new ByteArrayOutputStream();
        out.writeBytes(header());
        write(out, 1, types);
        write(out, 2, imports);
        write(out, 3, functions);
        write(out, 4, tables);
        write(out, 5, memories);
        write(out, 13, tags);
        write(out, 6, globals);
        write(out, 7, exports);
        if (start.length > 0) {
            out.writeBytes(section(8, start));
        }
        write(out, 9, elements);
        if (!data.isEmpty()) {
            out.writeBytes(section(12, number(data.size())));
        }
        write(out, 10, bodies);
        write(out, 11, data);
        customs.forEach(custom -> out.writeBytes(section(0, custom)));
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int id, List<byte[]> entries) {
        if (!entries.isEmpty()) {
            out.writeBytes(section(id, list(entries)));
        }
    }
}
