package dev.portcullis.host.rego;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.rego.builtin.Builtin;
import dev.portcullis.host.rego.builtin.BuiltinException;
import dev.portcullis.host.rego.builtin.InterruptedBuiltinException;
import dev.portcullis.host.rego.builtin.Query;
import dev.portcullis.host.rego.builtin.Term;
import dev.portcullis.host.rego.builtin.TermReader;
import dev.portcullis.host.rego.builtin.TermWriter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One running copy of a Rego module, spoken to in OPA's ABI (guest-abi §5.1). Used by one thread at
 * a time.
 */
final class RegoGuest {
    private static final int CHUNK = 4_096;

    /** The longest text that is taken from a guest, in bytes. */
    private static final int LONGEST_TEXT = 64 << 20;

    private final Guest guest;
    private final boolean exchangesValues;
    private Map<Integer, NamedBuiltin> builtins = Map.of();
    private @Nullable Query query;

    /** A builtin under the name that the policy calls it by. */
    record NamedBuiltin(String name, Builtin builtin) {}

    /**
     * Instantiates a module; its start function runs.
     *
     * @param exchangesValues whether the module reads and writes values in Rego's own notation
     * @param memoryBytes bounds the memory from the first instruction on
     */
    RegoGuest(TieredModule module, boolean exchangesValues, long memoryBytes) {
        this.exchangesValues = exchangesValues;
        var functions = new ArrayList<HostFunction>();
        functions.add(
                function(
                        RegoInterface.ABORT,
                        1,
                        false,
                        args -> {
                            throw new RegoTrap("opa_abort: " + text((int) args[0]));
                        }));
        functions.add(
                function(
                        RegoInterface.PRINTLN,
                        1,
                        false,
                        args -> {
                            current().note(text((int) args[0]));
                            return 0;
                        }));
        for (int i = 0; i <= RegoInterface.MOST_ARGUMENTS; i++) {
            functions.add(function(RegoInterface.BUILTIN + i, 2 + i, true, this::callBuiltin));
        }
        guest =
                module.guest(
                        ImportValues.builder()
                                .addFunction(functions.toArray(HostFunction[]::new))
                                .build(),
                        memoryBytes);
    }

    private interface Body {
        int call(long[] arguments);
    }

    private static HostFunction function(String name, int parameters, boolean gives, Body body) {
        return new HostFunction(
                RegoInterface.MODULE,
                name,
                FunctionType.of(
                        Collections.nCopies(parameters, ValType.I32),
                        gives ? List.of(ValType.I32) : List.of()),
                (_, args) -> {
                    int result = body.call(args);
                    return gives ? new long[] {result} : null;
                });
    }

    Guest guest() {
        return guest;
    }

    /** Lets the guest call these builtins, by the ids that it gave them. */
    void offer(Map<Integer, NamedBuiltin> offered) {
        builtins = Map.copyOf(offered);
    }

    /** Lets the guest's builtins see this evaluation from now on; null for none. */
    void enter(@Nullable Query evaluation) {
        query = evaluation;
    }

    private Query current() {
        return Objects.requireNonNull(query, "a guest ran outside an evaluation");
    }

    /**
     * The names of what the module calls {@code builtins} or {@code entrypoints}, with their ids.
     */
    String table(String export) {
        return text(guest.callInt("opa_json_dump", guest.callInt(export)));
    }

    /** Evaluates entry point 0 and gives its result as JSON. */
    String evaluate(byte[] input, byte[] data) {
        int dataValue = parse(data, "opa_json_parse", "data");
        int inputValue = parse(input, "opa_json_parse", "input");
        int context = guest.callInt("opa_eval_ctx_new");
        guest.callInt("opa_eval_ctx_set_input", context, inputValue);
        guest.callInt("opa_eval_ctx_set_data", context, dataValue);
        guest.callInt("opa_eval_ctx_set_entrypoint", context, 0);
        guest.callInt("eval", context);
        int result = guest.callInt("opa_eval_ctx_get_result", context);
        return text(guest.callInt("opa_json_dump", result));
    }

    private int parse(byte[] bytes, String export, String what) {
        int address = guest.callInt("opa_malloc", bytes.length);
        guest.memory().write(address, bytes);
        int value = guest.callInt(export, address, bytes.length);
        if (value == 0) {
            throw new RegoTrap("the policy cannot read its " + what + " as JSON");
        }
        return value;
    }

    private int callBuiltin(long[] args) {
        int id = (int) args[0];
        var called = builtins.get(id);
        if (called == null) {
            throw new RegoTrap("unknown builtin with id " + id);
        }
        try {
            var terms = new ArrayList<Term>();
            for (int i = 2; i < args.length; i++) {
                var dump = exchangesValues ? "opa_value_dump" : "opa_json_dump";
                terms.add(TermReader.read(text(guest.callInt(dump, (int) args[i]))));
            }
            var result = called.builtin().call(terms, current());
            if (result == null) {
                return 0;
            }
            return parse(
                    TermWriter.forGuest(result, exchangesValues).getBytes(StandardCharsets.UTF_8),
                    exchangesValues ? "opa_value_parse" : "opa_json_parse",
                    "result of " + called.name());
        } catch (BuiltinException e) {
            throw new RegoTrap("builtin " + called.name() + ": " + e.getMessage());
        } catch (InterruptedBuiltinException e) {
            throw new ChicoryInterruptedException("interrupted in builtin " + called.name());
        }
    }

    /** The text at an address, up to a NUL. */
    private String text(int address) {
        if (address == 0) {
            throw new RegoTrap("the policy gave no text where it has to");
        }
        var memory = guest.memory();
        var bytes = new ByteArrayOutputStream();
        int size = memory.pages() * Memory.PAGE_SIZE;
        for (long at = Integer.toUnsignedLong(address); at < size; at += CHUNK) {
            byte[] chunk = memory.readBytes((int) at, (int) Math.min(CHUNK, size - at));
            for (int i = 0; i < chunk.length; i++) {
                if (chunk[i] == 0) {
                    bytes.write(chunk, 0, i);
                    return decoded(bytes.toByteArray());
                }
            }
            bytes.writeBytes(chunk);
            if (bytes.size() > LONGEST_TEXT) {
                throw new RegoTrap(
                        "the policy gave a text of more than " + LONGEST_TEXT + " bytes");
            }
        }
        throw new RegoTrap("the policy gave a text that has no end in its memory");
    }

    private static String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new RegoTrap("the policy gave a text that is not UTF-8");
        }
    }
}
