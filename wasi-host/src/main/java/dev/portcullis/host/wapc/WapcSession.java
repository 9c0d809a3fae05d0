package dev.portcullis.host.wapc;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.run.Ending;
import dev.portcullis.host.run.HostModule;
import dev.portcullis.host.run.Permit;
import dev.portcullis.host.run.Session;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a guest and what is said in it: the request, the guest's response or error, and the
 * answers to its host calls, under the names of guest-abi §3.1.
 *
 * <p>The reference lets guests write to the server's own standard streams. Here they are kept under
 * the bound of all output, which also holds for responses, errors and console texts, and end in the
 * log.
 */
final class WapcSession extends Session {
    private static final Logger LOGGER = LoggerFactory.getLogger(WapcSession.class);
    private static final String MODULE = "wapc";

    /** What a line in the log takes besides its text, in bytes; short lines could fill a disk. */
    private static final long LINE = 100;

    /** What an import does; the result of one that gives none is ignored. */
    private interface Body {
        int call(WapcSession session, Memory memory, long[] args);
    }

    private record Import(String name, int parameters, int results, Body body) {
        HostFunction function(Supplier<WapcSession> current) {
            return new HostFunction(
                    MODULE,
                    name,
                    FunctionType.of(
                            Collections.nCopies(parameters, ValType.I32),
                            Collections.nCopies(results, ValType.I32)),
                    (instance, args) -> {
                        var session = current.get();
                        session.observe(MODULE + "." + name, args);
                        int result = body.call(session, instance.memory(), args);
                        return results == 0 ? new long[0] : new long[] {result};
                    });
        }
    }

    private static final List<Import> IMPORTS =
            List.of(
                    new Import("__guest_request", 2, 0, WapcSession::guestRequest),
                    new Import("__guest_response", 2, 0, WapcSession::guestResponse),
                    new Import("__guest_error", 2, 0, WapcSession::guestError),
                    new Import("__host_call", 8, 1, WapcSession::hostCall),
                    new Import("__host_response_len", 0, 1, (s, _, _) -> length(s.hostResponse)),
                    new Import("__host_response", 1, 0, (s, m, a) -> copy(s.hostResponse, m, a[0])),
                    new Import("__host_error_len", 0, 1, (s, _, _) -> length(s.hostError)),
                    new Import("__host_error", 1, 0, (s, m, a) -> copy(s.hostError, m, a[0])),
                    new Import("__console_log", 2, 0, WapcSession::consoleLog));

    static final HostModule<WapcSession> HOST_MODULE =
            current -> IMPORTS.stream().map(imported -> imported.function(current)).toList();

    private final String id;
    private byte @Nullable [] operation;
    private byte @Nullable [] payload;
    private byte @Nullable [] response;
    private int responses;
    private @Nullable String error;
    private byte @Nullable [] hostResponse;
    private byte @Nullable [] hostError;

    /**
     * A session for one call, and for the initialisation before it.
     *
     * @param id names the module in the log
     * @param monotonicOffset added to the host's monotonic clock, in nanoseconds
     * @param observer null when no one wants to know
     */
    WapcSession(
            String id,
            EvaluationContext context,
            Permit permit,
            long monotonicOffset,
            @Nullable Observer observer) {
        super(List.of(), new byte[0], context, permit, monotonicOffset, observer);
        this.id = id;
    }

    /** Clears what was said before and sets what the guest is asked. */
    void begin(byte[] operation, byte[] payload) {
        response = null;
        responses = 0;
        error = null;
        hostResponse = null;
        hostError = null;
        this.operation = operation;
        this.payload = payload;
    }

    /**
     * What the guest said, once {@code __guest_call} has returned (guest-abi §3.3). A guest that
     * responded twice is refused, where the reference takes the last response: which one it meant
     * cannot be told.
     */
    WapcResult result(boolean success) {
        if (!success) {
            return new WapcResult.CallFailed(
                    FailureReason.GUEST_ERROR,
                    error == null
                            ? "No error message set for call failure"
                            : Ending.clipped(error));
        }
        if (responses > 1) {
            return new WapcResult.CallFailed(
                    FailureReason.ANSWER,
                    "the policy set its response " + responses + " times in one call");
        }
        if (response != null) {
            return new WapcResult.Answered(response);
        }
        return error == null
                ? new WapcResult.CallFailed(
                        FailureReason.ANSWER, "No error message OR response set for call success")
                : new WapcResult.CallFailed(FailureReason.GUEST_ERROR, Ending.clipped(error));
    }

    /** Logs what the guest wrote to its standard streams. */
    void logStreams() {
        var standardError = output().errorText();
        if (!standardError.isEmpty()) {
            LOGGER.warn("policy module {} wrote to standard error: {}", id, standardError);
        }
        var standardOutput = Ending.clipped(output().outputText());
        if (!standardOutput.isEmpty()) {
            LOGGER.info("policy module {} wrote to standard output: {}", id, standardOutput);
        }
    }

    private int guestRequest(Memory memory, long[] args) {
        copy(operation, memory, args[0]);
        return copy(payload, memory, args[1]);
    }

    private int guestResponse(Memory memory, long[] args) {
        output().count(Integer.toUnsignedLong((int) args[1]));
        response = bytes(memory, args, 0);
        return ++responses;
    }

    private int guestError(Memory memory, long[] args) {
        output().count(Integer.toUnsignedLong((int) args[1]));
        error = text(memory, args, 0, "__guest_error: text");
        return 0;
    }

    private int hostCall(Memory memory, long[] args) {
        hostResponse = null;
        hostError = null;
        return switch (ask(hostCall("__host_call", memory, args))) {
            case HostAnswer.Success(var answer) -> {
                hostResponse = answer;
                yield 1;
            }
            case HostAnswer.Failure(var message) -> {
                hostError = message.getBytes(StandardCharsets.UTF_8);
                yield 0;
            }
        };
    }

    private int consoleLog(Memory memory, long[] args) {
        output().count(LINE + Integer.toUnsignedLong((int) args[1]));
        LOGGER.info("Guest module {}: {}", id, text(memory, args, 0, "__console_log: text"));
        return 0;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static int copy(byte @Nullable [] bytes, Memory memory, long pointer) {
        if (bytes != null) {
            memory.write((int) pointer, bytes);
        }
        return 0;
    }
}
