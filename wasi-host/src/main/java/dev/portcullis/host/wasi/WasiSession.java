package dev.portcullis.host.wasi;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.run.HostModule;
import dev.portcullis.host.run.Permit;
import dev.portcullis.host.run.Session;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a command: it reads its request from standard input, writes its answer to standard
 * output, and finds answers to its host calls on standard input (guest-abi §4).
 */
final class WasiSession extends Session {
    private static final List<String> HOST_CALL_MODULES = List.of("host", "kubewarden:javy/host");
    private static final FunctionType HOST_CALL =
            FunctionType.of(Collections.nCopies(8, ValType.I32), List.of(ValType.I32));

    /** The import {@code call}, under the names of Go's and of JavaScript's policies. */
    static final HostModule<WasiSession> HOST_MODULE =
            current ->
                    HOST_CALL_MODULES.stream()
                            .map(module ->
                                    new HostFunction(
                                            module,
                                            "call",
                                            HOST_CALL,
                                            (instance, args) ->
                                                    new long[] {
                                                        current.get()
                                                                .hostCall(instance.memory(), args)
                                                    }))
                            .toList();

    /**
     * A session for one run.
     *
     * @param monotonicOffset added to the host's monotonic clock, in nanoseconds
     * @param observer null when no one wants to know
     */
    WasiSession(
            GuestCommand command,
            byte[] stdin,
            EvaluationContext context,
            Permit permit,
            long monotonicOffset,
            @Nullable Observer observer) {
        super(
                List.of("policy.wasm", command.argument()),
                stdin,
                context,
                permit,
                monotonicOffset,
                observer);
    }

    /** 0 and the answer on standard input, or 1 and the error's text there. */
    private int hostCall(Memory memory, long[] args) {
        observe("host.call", args);
        return switch (ask(hostCall("host.call", memory, args))) {
            case HostAnswer.Success(var payload) -> {
                appendInput(payload);
                yield 0;
            }
            case HostAnswer.Failure(var message) -> {
                appendInput(message.getBytes(StandardCharsets.UTF_8));
                yield 1;
            }
        };
    }
}
