package dev.portcullis.host.run;

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
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a guest sees of the world: arguments, standard streams, clocks, random bytes and
 * the answers to its host calls. Made for each run, so that nothing of it outlives the run. Each
 * protocol adds how its guests ask and answer.
 *
 * <p>The functions of WASI are those of chicory-wasi; replaced are reads of standard input (which
 * must not allocate what the guest asks for, and at which images are taken), the monotonic clock
 * (which goes on where an image stopped it) and waiting (which gives the compute permit back).
 */
public abstract class Session {
    private static final int STDIN = 0;
    private static final int MONOTONIC = 1;
    private static final int SUCCESS = 0;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Calls that leave nothing behind in a session, so that a new session can take over. */
    private static final Set<String> STATELESS =
            Set.of(
                    "args_get",
                    "args_sizes_get",
                    "environ_get",
                    "environ_sizes_get",
                    "clock_time_get",
                    "clock_res_get",
                    "random_get",
                    "fd_fdstat_get",
                    "fd_fdstat_set_flags",
                    "fd_filestat_get",
                    "fd_prestat_get",
                    "fd_prestat_dir_name",
                    "sched_yield",
                    "poll_oneoff",
                    "fd_read");

    /** Told of every import that a guest calls while an image is made. */
    public interface Observer {
        /** Called before the import takes effect. */
        void called(String name, long[] arguments);
    }

    private final StandardInput input = new StandardInput();
    private final OutputCapture output;
    private final EvaluationContext context;
    private final Permit permit;
    private final HostFunction[] wasi;
    private final long monotonicOffset;
    private final @Nullable Observer observer;
    private @Nullable ParkedWait parking;
    private boolean stdinOpen = true;
    private int hostCalls;

    /**
     * A session that nothing has happened in.
     *
     * @param arguments the guest's command line
     * @param monotonicOffset added to the host's monotonic clock, in nanoseconds
     * @param observer null when no one wants to know
     */
    protected Session(
            List<String> arguments,
            byte[] stdin,
            EvaluationContext context,
            Permit permit,
            long monotonicOffset,
            @Nullable Observer observer) {
        this.context = context;
        this.permit = permit;
        this.monotonicOffset = monotonicOffset;
        this.observer = observer;
        this.output = new OutputCapture(context.limits().outputBytes());
        input.append(stdin);
        this.wasi =
                WasiPreview1.builder()
                        .withOptions(
                                WasiOptions.builder()
                                        .withArguments(arguments)
                                        .withStdin(input, false)
                                        .withStdout(output.standardOutput(), false)
                                        .withStderr(output.standardError(), false)
                                        .withRandom(RANDOM)
                                        .build())
                        .build()
                        .toHostFunctions();
    }

    /** Whether a session is the same after a call of this import as before. */
    public static boolean leavesNothing(String importedName) {
        return STATELESS.contains(importedName);
    }

    /** Keeps the guest's memory only where it differs from its image while it waits for long. */
    public void parkWhileWaiting(Guest guest, GuestImage image, Watchdog watchdog) {
        parking = new ParkedWait(guest, image, watchdog);
    }

    /** What the guest wrote. */
    public final OutputCapture output() {
        return output;
    }

    /** The time of the guest's monotonic clock, in nanoseconds. */
    public final long monotonicNanos() {
        return System.nanoTime() + monotonicOffset;
    }

    /** Tells the observer of a call. */
    protected final void observe(String name, long[] args) {
        if (observer != null) {
            observer.called(name, args);
        }
    }

    /** Answers a call of a WASI function, given by its place in {@link Imports}. */
    final long @Nullable [] wasi(int index, String name, Instance instance, long[] args) {
        observe(name, args);
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

    /** Appends to what the guest reads from standard input. */
    protected final void appendInput(byte[] bytes) {
        input.append(bytes);
    }

    /**
     * Takes a host call's eight arguments from a guest's memory: pointer and length of binding,
     * namespace, operation and payload (guest-abi §3.1 and §4).
     *
     * @param function the import's name, for the text of a trap
     */
    protected final HostCall hostCall(String function, Memory memory, long[] args) {
        if (++hostCalls > context.limits().hostCalls()) {
            throw new GuestLimitException(
                    FailureReason.HOST_CALLS,
                    "policy made more than its limit of "
                            + context.limits().hostCalls()
                            + " host calls");
        }
        return new HostCall(
                text(memory, args, 0, function + ": binding"),
                text(memory, args, 2, function + ": namespace"),
                text(memory, args, 4, function + ": operation"),
                bytes(memory, args, 6));
    }

    /** Has a host call answered while another guest may compute. */
    protected final HostAnswer ask(HostCall call) {
        var parked = parking;
        if (parked == null) {
            return waiting(() -> context.hostCalls().call(call, context.deadline()));
        }
        var answer =
                waiting(() ->
                        parked.during(() -> context.hostCalls().call(call, context.deadline())));
        parked.goOn();
        return answer;
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

    /** The bytes that a pointer and the length behind it in the arguments stand for. */
    protected static byte[] bytes(Memory memory, long[] args, int at) {
        return memory.readBytes((int) args[at], (int) args[at + 1]);
    }

    /**
     * The text that a pointer and the length behind it in the arguments stand for.
     *
     * @param what names it, for the text of a trap
     */
    protected static String text(Memory memory, long[] args, int at, String what) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(memory, args, at)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ChicoryException(what + " is not UTF-8", e);
        }
    }
}
