package dev.portcullis.host.wasi;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.TrapException;
import com.dylibso.chicory.wasi.WasiOptions;
import com.dylibso.chicory.wasi.WasiPreview1;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a guest sees of the world: arguments, standard streams, clocks, random bytes and
 * the answers to its host calls. Made for each run, so that nothing of it outlives the run.
 *
 * <p>The functions of WASI are those of chicory-wasi; replaced are reads of standard input (which
 * must not allocate what the guest asks for, and at which images are taken), the monotonic clock
 * (which goes on where an image stopped it) and waiting (which gives the compute permit back).
 */
final class WasiSession {
    private static final int STDIN = 0;
    private static final int MONOTONIC = 1;
    private static final int SUCCESS = 0;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Told of every import that a guest calls while an image is made. */
    interface Observer {
        void called(String name, long[] arguments);
    }

    /** Does what belongs to a wait that may be long, such as parking the guest's memory. */
    interface Wait {
        /** Runs what waits. */
        <T> T during(Callable<T> waiting) throws Exception;

        /** Called after a wait, once the guest may compute again and before it does. */
        default void goOn() {}
    }

    private final StandardInput input = new StandardInput();
    private final OutputCapture output;
    private final EvaluationContext context;
    private final Permit permit;
    private final Wait wait;
    private final HostFunction[] wasi;
    private final long monotonicOffset;
    private final @Nullable Observer observer;
    private boolean stdinOpen = true;
    private int hostCalls;

    /**
     * @param monotonicOffset added to the host's monotonic clock, in nanoseconds
     * @param observer null when no one wants to know
     */
    WasiSession(
            GuestCommand command,
            byte[] stdin,
            EvaluationContext context,
            Permit permit,
            Wait wait,
            long monotonicOffset,
            @Nullable Observer observer) {
        this.context = context;
        this.permit = permit;
        this.wait = wait;
        this.monotonicOffset = monotonicOffset;
        this.observer = observer;
        this.output = new OutputCapture(context.limits().outputBytes());
        input.append(stdin);
        this.wasi =
                WasiPreview1.builder()
                        .withOptions(
                                WasiOptions.builder()
                                        .withArguments(List.of("policy.wasm", command.argument()))
                                        .withStdin(input, false)
                                        .withStdout(output.standardOutput(), false)
                                        .withStderr(output.standardError(), false)
                                        .withRandom(RANDOM)
                                        .build())
                        .build()
                        .toHostFunctions();
    }

    OutputCapture output() {
        return output;
    }

    /** The time of the guest's monotonic clock, in nanoseconds. */
    long monotonicNanos() {
        return System.nanoTime() + monotonicOffset;
    }

    /** Answers a call of a WASI function, given by its place in {@link WasiImports}. */
    long @Nullable [] wasi(int index, String name, Instance instance, long[] args) {
        if (observer != null) {
            observer.called(name, args);
        }
        return switch (name) {
            case "fd_read" -> {
                if (args[0] != STDIN || !stdinOpen) {
                    yield library(index, instance, args);
                }
                yield result(read(instance.memory(), (int) args[1], (int) args[2], (int) args[3]));
            }
            case "fd_close" -> {
                stdinOpen &= args[0] != STDIN;
                yield library(index, instance, args);
            }
            case "fd_renumber" -> {
                stdinOpen &= args[0] != STDIN && args[1] != STDIN;
                yield library(index, instance, args);
            }
            case "clock_time_get" -> {
                if (args[0] != MONOTONIC) {
                    yield library(index, instance, args);
                }
                instance.memory().writeLong((int) args[2], monotonicNanos());
                yield result(SUCCESS);
            }
            // The library writes its events into the guest's memory, so that must stay in place.
            case "poll_oneoff" -> waiting(() -> library(index, instance, args));
            default -> library(index, instance, args);
        };
    }

    private static long[] result(int errno) {
        return new long[] {errno};
    }

    private long @Nullable [] library(int index, Instance instance, long[] args) {
        return wasi[index].handle().apply(instance, args);
    }

    /** {@code fd_read} of standard input, copying no more than there is. */
    private int read(Memory memory, int vectors, int count, int resultPointer) {
        var buffer = new byte[8192];
        int total = 0;
        for (int i = 0; i < count; i++) {
            int pointer = memory.readInt(vectors + 8 * i);
            int length = memory.readInt(vectors + 8 * i + 4);
            if (length < 0) {
                throw new TrapException("fd_read: length of buffer " + i + " is out of bounds");
            }
            int done = 0;
            while (done < length) {
                int read = input.read(buffer, 0, Math.min(buffer.length, length - done));
                if (read < 0) {
                    memory.writeI32(resultPointer, total);
                    return SUCCESS;
                }
                memory.write(pointer + done, buffer, 0, read);
                done += read;
                total += read;
            }
        }
        memory.writeI32(resultPointer, total);
        return SUCCESS;
    }

    /**
     * The import {@code host.call} (guest-abi §4): 0 and the answer on standard input, or 1 and the
     * error's text there.
     */
    int hostCall(Memory memory, long[] args) {
        if (observer != null) {
            observer.called("host.call", args);
        }
        if (++hostCalls > context.limits().hostCalls()) {
            throw new GuestLimitException(
                    FailureReason.HOST_CALLS,
                    "policy made more than its limit of "
                            + context.limits().hostCalls()
                            + " host calls");
        }
        var call =
                new HostCall(
                        text(memory, args, 0, "binding"),
                        text(memory, args, 2, "namespace"),
                        text(memory, args, 4, "operation"),
                        bytes(memory, args, 6));
        var answer =
                waiting(() ->
                        wait.during(() -> context.hostCalls().call(call, context.deadline())));
        wait.goOn();
        return switch (answer) {
            case HostAnswer.Success(var payload) -> {
                input.append(payload);
                yield 0;
            }
            case HostAnswer.Failure(var message) -> {
                input.append(message.getBytes(StandardCharsets.UTF_8));
                yield 1;
            }
        };
    }

    private <T> T waiting(Callable<T> waiting) {
        try {
            return permit.givenBackDuring(waiting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChicoryInterruptedException("interrupted while waiting");
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("host call failed: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(Memory memory, long[] args, int at) {
        return memory.readBytes((int) args[at], (int) args[at + 1]);
    }

    private static String text(Memory memory, long[] args, int at, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(memory, args, at)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ChicoryException("host.call: " + what + " is not UTF-8", e);
        }
    }
}
