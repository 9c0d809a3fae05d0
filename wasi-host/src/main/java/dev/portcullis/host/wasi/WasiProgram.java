package dev.portcullis.host.wasi;

import com.dylibso.chicory.runtime.ChicoryInterruptedException;
import com.dylibso.chicory.runtime.ExecutionCompletedException;
import com.dylibso.chicory.wasi.WasiExitException;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;
import dev.portcullis.host.engine.TieredModule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WASI command module that can be run any number of times, by many threads, each run from the
 * same clean state.
 *
 * <p>Guests that started from an image go back to a pool and are restored before their next run;
 * guests that started plainly, trapped or were interrupted are dropped.
 */
public final class WasiProgram {
    private static final Logger LOGGER = LoggerFactory.getLogger(WasiProgram.class);

    /** How long a host call may take before the waiting guest's memory is reduced. */
    private static final long PARK_AFTER_MILLISECONDS = 5;

    /** The interpreter keeps a little of each run that ended in an exit; bounds what adds up. */
    private static final int RUNS_PER_GUEST = 5_000;

    private static final int MAX_ERROR_TEXT = 8 * 1024;

    private static final Duration PRACTICE_TIME = Duration.ofSeconds(3);

    /** A practice run that took less shows that its code is compiled by the JVM. */
    private static final long FAST_NANOS = 10_000_000;

    private static final int FAST_ENOUGH = 5;

    /** The reference says this for waPC guests; for WASI it shows standard error, often empty. */
    private static final String DEADLINE_TEXT =
            "Policy execution interrupted because it exceeded the allowed execution time";

    private final TieredModule module;
    private final Watchdog watchdog;
    private final OptionalInt generator;
    private final Map<GuestCommand, StartWay> starts = new ConcurrentHashMap<>();
    private final ConcurrentLinkedDeque<PooledGuest> pool = new ConcurrentLinkedDeque<>();
    private final AtomicInteger pooled = new AtomicInteger();
    private final int poolSize;

    private static final class PooledGuest {
        final WasiImports imports = new WasiImports();
        final Guest guest;
        int runs;

        PooledGuest(TieredModule module, int generator) {
            guest = module.guest(imports.values(), GuestLimits.MAX_MEMORY_BYTES);
            guest.replace(generator, new GoRandom(guest));
        }
    }

    /**
     * Prepares a module: takes its images, where it can have any, tries them against plain starts
     * and compiles what ran.
     *
     * @param trials inputs for each command; policies refuse or accept them, both are fine
     * @param poolSize how many idle guests are kept
     * @param highestLevel the fastest way to start that may be chosen
     */
    public WasiProgram(
            TieredModule module,
            DecodedModule decoded,
            Watchdog watchdog,
            Map<GuestCommand, List<byte[]>> trials,
            int poolSize,
            StartLevel.Kind highestLevel) {
        this.module = module;
        this.watchdog = watchdog;
        this.poolSize = poolSize;
        var maker = new ImageMaker(module, decoded, watchdog, highestLevel);
        trials.forEach((command, inputs) -> starts.put(command, maker.make(command, inputs)));
        generator = maker.generator();
        generator.ifPresent(module::leaveOut);
        module.compile(maker.worthCompiling());
    }

    /** Those of a module's imports, each as {@code <module>.<name>}, that no guest can be given. */
    public static List<String> unknownImports(DecodedModule decoded) {
        return WasiImports.unknown(decoded.importedNames());
    }

    /**
     * Runs a command on each input, compiles what had to be interpreted for it, and goes on until
     * the JVM has compiled that too or a few seconds have passed.
     */
    public void practise(GuestCommand command, List<byte[]> inputs) {
        inputs.forEach(input -> practise(command, input));
        module.compileWhatWasInterpreted();
        long end = System.nanoTime() + PRACTICE_TIME.toNanos();
        int fast = 0;
        for (int i = 0; fast < inputs.size() * FAST_ENOUGH && System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            practise(command, inputs.get(i % inputs.size()));
            fast = System.nanoTime() - start < FAST_NANOS ? fast + 1 : 0;
        }
    }

    private void practise(GuestCommand command, byte[] input) {
        var _ =
                run(
                        command,
                        input,
                        new EvaluationContext(
                                HostCalls.NONE,
                                ComputePermits.UNBOUNDED,
                                GuestLimits.DEFAULT,
                                Deadline.in(PRACTICE_TIME)));
    }

    /** How a command starts at this moment. */
    public StartLevel level(GuestCommand command) {
        return switch (start(command)) {
            case StartWay.Plain(var reason) -> new StartLevel(StartLevel.Kind.PLAIN, reason);
            case StartWay.Initialised(_) -> new StartLevel(StartLevel.Kind.INITIALISED, "");
        };
    }

    private StartWay start(GuestCommand command) {
        return Objects.requireNonNull(starts.get(command));
    }

    /** Runs a command once. Blocks the calling thread until the guest ended or was ended. */
    public WasiResult run(GuestCommand command, byte[] stdin, EvaluationContext context) {
        try (var permit = new Permit(context.permits());
                var guard = watchdog.guard(context.deadline())) {
            try {
                permit.acquire();
            } catch (InterruptedException e) {
                return guard.fired() ? overloaded() : cancelled();
            }
            if (start(command) instanceof StartWay.Initialised(var image)) {
                return runFrom(image, command, stdin, context, permit, guard);
            }
            return runPlain(command, stdin, context, permit, guard);
        }
    }

    private WasiResult runPlain(
            GuestCommand command,
            byte[] stdin,
            EvaluationContext context,
            Permit permit,
            Watchdog.Guard guard) {
        if (module.initialMemoryBytes() > context.limits().memoryBytes()) {
            return memoryLimit(context);
        }
        var imports = new WasiImports();
        var session = new WasiSession(command, stdin, context, permit, Callable::call, 0, null);
        imports.enter(session);
        Guest[] started = new Guest[1];
        var end =
                run(
                        () -> {
                            started[0] =
                                    module.guest(imports.values(), context.limits().memoryBytes());
                            limitMemory(started[0], context);
                            started[0].call("_start");
                        },
                        guard);
        return result(end, started[0], session, context);
    }

    private WasiResult runFrom(
            StartImage image,
            GuestCommand command,
            byte[] stdin,
            EvaluationContext context,
            Permit permit,
            Watchdog.Guard guard) {
        var pooledGuest = take();
        var guest = pooledGuest.guest;
        var session =
                new WasiSession(
                        command,
                        stdin,
                        context,
                        permit,
                        new ParkedWait(guest, image.state()),
                        image.monotonicNanos() - System.nanoTime(),
                        null);
        pooledGuest.imports.enter(session);
        image.restore(guest);
        var end =
                run(
                        () -> {
                            limitMemory(guest, context);
                            image.resume(guest);
                        },
                        guard);
        var result = result(end, guest, session, context);
        pooledGuest.imports.enter(null);
        if (end instanceof End.Exit) {
            giveBack(pooledGuest);
        }
        return result;
    }

    private static void limitMemory(Guest guest, EvaluationContext context) {
        guest.limitMemory(context.limits().memoryBytes());
        if (guest.memoryLimitReached()) {
            throw new GuestLimitException(FailureReason.MEMORY, memoryText(context));
        }
    }

    /** Keeps the memory of a guest that waits for long only where it differs from its image. */
    private final class ParkedWait implements WasiSession.Wait {
        private final Guest guest;
        private final GuestImage image;
        private boolean waiting;

        ParkedWait(Guest guest, GuestImage image) {
            this.guest = guest;
            this.image = image;
        }

        @Override
        public <T> T during(Callable<T> wait) throws Exception {
            synchronized (this) {
                waiting = true;
            }
            var parking = watchdog.after(PARK_AFTER_MILLISECONDS, this::park);
            try {
                return wait.call();
            } finally {
                parking.cancel(false);
                synchronized (this) {
                    waiting = false;
                }
            }
        }

        private synchronized void park() {
            if (waiting) {
                guest.park(image);
            }
        }

        @Override
        public void goOn() {
            guest.unpark(image);
        }
    }

    private PooledGuest take() {
        for (var idle = pool.pollFirst(); idle != null; idle = pool.pollFirst()) {
            pooled.decrementAndGet();
            if (module.isCurrent(idle.guest) && idle.runs < RUNS_PER_GUEST) {
                idle.runs++;
                return idle;
            }
        }
        return new PooledGuest(module, generator.orElseThrow());
    }

    private void giveBack(PooledGuest guest) {
        if (pooled.get() < poolSize) {
            pooled.incrementAndGet();
            guest.guest.forgetInterpreters();
            pool.addFirst(guest);
        }
    }

    /** How the code of a guest ended, before limits and output are looked at. */
    private sealed interface End {
        record Exit(int code) implements End {}

        record Stopped(FailureReason reason, String message) implements End {}
    }

    private static End run(Runnable guest, Watchdog.Guard guard) {
        try {
            guest.run();
            return new End.Exit(0);
        } catch (ExecutionCompletedException e) {
            return new End.Exit(0);
        } catch (WasiExitException e) {
            return new End.Exit(e.exitCode());
        } catch (GuestLimitException e) {
            return new End.Stopped(e.reason(), message(e));
        } catch (StackOverflowError e) {
            return new End.Stopped(FailureReason.TRAP, "policy trapped: call stack exhausted");
        } catch (OutOfMemoryError e) {
            LOGGER.error("the host ran out of memory while a policy ran", e);
            return new End.Stopped(
                    FailureReason.INTERNAL, "the host ran out of memory while the policy ran");
        } catch (RuntimeException e) {
            if (guard.fired()) {
                return new End.Stopped(FailureReason.DEADLINE, DEADLINE_TEXT);
            }
            if (e instanceof ChicoryInterruptedException) {
                return new End.Stopped(FailureReason.INTERNAL, "evaluation was cancelled");
            }
            return new End.Stopped(FailureReason.TRAP, "policy trapped: " + message(e));
        }
    }

    private static String message(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    private static WasiResult result(
            End end, @Nullable Guest guest, WasiSession session, EvaluationContext context) {
        var errorText = errorText(session.output().errorBytes());
        return switch (end) {
            case End.Exit(int code) when code == 0 ->
                    new WasiResult.Finished(session.output().outputBytes(), errorText);
            case End.Exit _ when memoryLimitReached(guest) -> memoryLimit(context);
            case End.Exit(int code) ->
                    new WasiResult.Failed(
                            FailureReason.EXIT,
                            errorText.isEmpty()
                                    ? "policy exited with code "
                                            + code
                                            + " and wrote nothing to standard error"
                                    : "policy exited with code " + code + ": " + errorText);
            case End.Stopped(var reason, _)
                    when reason == FailureReason.TRAP && memoryLimitReached(guest) ->
                    memoryLimit(context);
            case End.Stopped(var reason, var message) -> new WasiResult.Failed(reason, message);
        };
    }

    private static boolean memoryLimitReached(@Nullable Guest guest) {
        return guest != null && guest.memoryLimitReached();
    }

    private static WasiResult memoryLimit(EvaluationContext context) {
        return new WasiResult.Failed(
                FailureReason.MEMORY,
                "policy exceeded its memory limit of " + context.limits().memoryBytes() + " bytes");
    }

    private static String memoryText(EvaluationContext context) {
        return "policy exceeded its memory limit of " + context.limits().memoryBytes() + " bytes";
    }

    private static String errorText(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8).strip();
        return text.length() <= MAX_ERROR_TEXT
                ? text
                : text.substring(0, MAX_ERROR_TEXT) + "… (truncated)";
    }

    private static WasiResult overloaded() {
        return new WasiResult.Failed(
                FailureReason.OVERLOAD,
                "policy could not be evaluated in time: every worker was busy until the deadline");
    }

    private static WasiResult cancelled() {
        Thread.currentThread().interrupt();
        return new WasiResult.Failed(FailureReason.INTERNAL, "evaluation was cancelled");
    }
}
