package dev.portcullis.host.wasi;

import com.dylibso.chicory.runtime.ExecutionCompletedException;
import com.dylibso.chicory.wasm.ChicoryException;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.CallRecorder;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.golang.GoProgram;
import dev.portcullis.host.golang.StartEntropy;
import dev.portcullis.host.wasm.MalformedModuleException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes initialised images of Go programs (design §3.1).
 *
 * <p>Go keeps goroutine stacks in linear memory and can enter any function again at a program
 * counter that it finds below the stack pointer. So a run can be abandoned inside the wrapper of
 * the import {@code fd_read} and resumed later: at that call the stack pointer is what it was when
 * the wrapper was entered. An image is the state there, with the wrapper's program counter written
 * below the stack pointer.
 *
 * <p>Whatever is not recognised, or could differ from a plain start, gives a reason instead of an
 * image.
 */
final class ImageMaker {
    private static final Logger LOGGER = LoggerFactory.getLogger(ImageMaker.class);

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int STACK_POINTER = 0;
    private static final String READ_WRAPPER = "syscall.fd_read";

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

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long TRIAL_MEMORY = GuestLimits.DEFAULT.memoryBytes();

    private final TieredModule module;
    private final DecodedModule decoded;
    private final Watchdog watchdog;
    private final StartLevel.Kind highestLevel;
    private OptionalInt generator = OptionalInt.empty();
    private final BitSet worthCompiling = new BitSet();

    ImageMaker(
            TieredModule module,
            DecodedModule decoded,
            Watchdog watchdog,
            StartLevel.Kind highestLevel) {
        this.highestLevel = highestLevel;
        this.module = module;
        this.decoded = decoded;
        this.watchdog = watchdog;
    }

    /** The functions that later runs will need, as far as the trials tell. */
    BitSet worthCompiling() {
        return (BitSet) worthCompiling.clone();
    }

    /**
     * The function of the Go runtime that all random numbers come from and that the host has to
     * answer in guests started from an image; empty when no image was taken.
     */
    OptionalInt generator() {
        return generator;
    }

    /**
     * Finds the best way to start a command. The first trial runs from a plain start, and an image
     * is taken on the way; then all trials run from the image, which is refused if it answers the
     * first one otherwise. A start function would run outside of any trial, so a module that has
     * one is not tried.
     *
     * @throws MalformedModuleException when no guest can be made of the module
     */
    StartWay make(GuestCommand command, List<byte[]> trials) {
        if (decoded.hasStartFunction()) {
            return new StartWay.Plain("runs code while it is instantiated");
        }
        var plain = firstTrial(command, trials.getFirst());
        var program = GoProgram.read(plain.guest.image().memory()).orElse(null);
        plain.run(() -> plain.guest.call("_start"));
        var way = judge(plain, program);
        if (!(way instanceof StartWay.Initialised(var image))) {
            worthCompiling.or(plain.recorder.entered());
            return way;
        }
        for (int i = 0; i < trials.size(); i++) {
            var resumed = new Trial(command, trials.get(i));
            resumed.run(() -> {
                image.restore(resumed.guest);
                image.resume(resumed.guest);
            });
            if (i == 0 && !resumed.outcome().equals(plain.outcome())) {
                LOGGER.info(
                        "{}: an image answered {} where a plain start answered {}",
                        command.argument(),
                        resumed.outcome(),
                        plain.outcome());
                worthCompiling.or(plain.recorder.entered());
                return new StartWay.Plain("answered a trial otherwise than a plain start did");
            }
            worthCompiling.or(resumed.recorder.entered());
        }
        return way;
    }

    private Trial firstTrial(GuestCommand command, byte[] input) {
        try {
            return new Trial(command, input);
        } catch (ChicoryException e) {
            throw new MalformedModuleException("module cannot be instantiated: " + e.getMessage());
        }
    }

    /** A call of an import; the last active function is the import itself. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Call(String name, long firstArgument, int[] active) {}

    /** The moment before the first read of standard input takes effect. */
    private record FirstRead(
            GuestImage state,
            long monotonicNanos,
            boolean outputEmpty,
            List<Call> calls,
            BitSet entered) {}

    /** One interpreted run that is recorded. */
    private final class Trial {
        final CallRecorder recorder = new CallRecorder();
        final Guest guest;
        private final WasiSession session;
        private final List<Call> calls = new ArrayList<>();
        private @Nullable FirstRead firstRead;
        private String end = "";

        Trial(GuestCommand command, byte[] input) {
            var imports = new WasiImports();
            guest = module.recordedGuest(decoded, imports.values(), TRIAL_MEMORY, recorder);
            session =
                    new WasiSession(
                            command,
                            input,
                            new EvaluationContext(
                                    HostCalls.NONE,
                                    ComputePermits.UNBOUNDED,
                                    GuestLimits.DEFAULT,
                                    Deadline.in(PATIENCE)),
                            new Permit(ComputePermits.UNBOUNDED),
                            Callable::call,
                            0,
                            this::observe);
            imports.enter(session);
        }

        private void observe(String name, long[] arguments) {
            if (firstRead != null) {
                return;
            }
            calls.add(new Call(name, arguments.length == 0 ? 0 : arguments[0], recorder.active()));
            if (name.equals("fd_read") && arguments[0] == 0) {
                firstRead =
                        new FirstRead(
                                guest.image(),
                                session.monotonicNanos(),
                                session.output().isEmpty(),
                                List.copyOf(calls),
                                recorder.entered());
            }
        }

        void run(Runnable entry) {
            try (var _ = watchdog.guard(Deadline.in(PATIENCE))) {
                entry.run();
                end = "exit 0";
            } catch (ExecutionCompletedException e) {
                end = "exit 0";
            } catch (ChicoryException | GuestLimitException e) {
                end = String.valueOf(e.getMessage());
            }
        }

        /** Everything of the run that a client could see. */
        String outcome() {
            return end
                    + " "
                    + new String(session.output().outputBytes(), StandardCharsets.UTF_8)
                    + new String(session.output().errorBytes(), StandardCharsets.UTF_8);
        }
    }

    private StartWay judge(Trial plain, @Nullable GoProgram program) {
        if (highestLevel == StartLevel.Kind.PLAIN) {
            return new StartWay.Plain("no image is allowed by configuration");
        }
        if (!decoded.changesOnlyMemoryAndGlobals()) {
            return new StartWay.Plain("changes tables or keeps passive segments");
        }
        if (program == null) {
            return new StartWay.Plain("not a Go program of a known layout");
        }
        if (!program.layoutKnown()) {
            return new StartWay.Plain(
                    "built with " + program.version() + ", for which images are not proved");
        }
        if (plain.firstRead == null) {
            return new StartWay.Plain("ends without reading standard input");
        }
        return image(plain.guest, plain.firstRead, program);
    }

    private StartWay image(Guest guest, FirstRead firstRead, GoProgram program) {
        if (!firstRead.outputEmpty()) {
            return new StartWay.Plain("writes output before it reads standard input");
        }
        var calls = firstRead.calls();
        for (var call : calls) {
            if (!STATELESS.contains(call.name())) {
                return new StartWay.Plain(
                        "calls " + call.name() + " before it reads standard input");
            }
        }
        var placeOf = placesOfFunctions(guest);
        int[] active = calls.getLast().active();
        int start = active[0];
        var loop = decoded.lastCall(start);
        Integer wrapper = placeOf.get(active[active.length - 2]);
        if (loop.isEmpty() || active.length < 4 || active[1] != loop.getAsInt()) {
            return new StartWay.Plain("its start function is not laid out as known");
        }
        if (wrapper == null || !READ_WRAPPER.equals(program.nameAt(wrapper))) {
            return new StartWay.Plain("reads standard input from an unknown function");
        }
        var refusal = StartEntropy.refusal(observed(program, placeOf, calls));
        if (refusal.isPresent()) {
            return new StartWay.Plain(refusal.get());
        }
        var draws = drawRefusal(guest, program, placeOf, firstRead.entered());
        if (draws.isPresent()) {
            return new StartWay.Plain(draws.get());
        }
        generator = functions(guest, program, StartEntropy.GENERATOR::equals).stream().findFirst();
        if (generator.isEmpty()) {
            return new StartWay.Plain("its random generator is not laid out as known");
        }
        var state = firstRead.state();
        int below = (int) state.globals()[STACK_POINTER] - 8;
        LONGS.set(state.memory(), below, (long) wrapper << 16);
        return new StartWay.Initialised(
                new StartImage(state, loop.getAsInt(), firstRead.monotonicNanos()));
    }

    private static Map<Integer, Integer> placesOfFunctions(Guest guest) {
        var places = new HashMap<Integer, Integer>();
        for (int place = 0; place < guest.tableSize(); place++) {
            places.put(guest.tableEntry(place), place);
        }
        return places;
    }

    /** Names what was active; the start function and the scheduler's loop say nothing. */
    private static List<StartEntropy.ObservedCall> observed(
            GoProgram program, Map<Integer, Integer> placeOf, List<Call> calls) {
        return calls.stream()
                .map(call -> {
                    int[] active = call.active();
                    List<@Nullable String> names =
                            new ArrayList<>(
                                    Arrays.stream(active, 2, active.length - 1)
                                            .mapToObj(placeOf::get)
                                            .map(p -> p == null ? null : program.nameAt(p))
                                            .toList());
                    return new StartEntropy.ObservedCall(call.name(), call.firstArgument(), names);
                })
                .toList();
    }

    private static BitSet functions(Guest guest, GoProgram program, Predicate<String> name) {
        var functions = new BitSet();
        program.placesOf(name).stream()
                .map(guest::tableEntry)
                .filter(function -> function >= 0)
                .forEach(functions::set);
        return functions;
    }

    /** Looks for random numbers of the runtime that may have reached the program's own state. */
    private Optional<String> drawRefusal(
            Guest guest, GoProgram program, Map<Integer, Integer> placeOf, BitSet entered) {
        var mapUsers = decoded.callersOf(functions(guest, program, StartEntropy.MAPS));
        var drawers = decoded.callersOf(functions(guest, program, StartEntropy.GENERATORS));
        drawers.and(entered);
        var early =
                drawers.stream()
                        .filter(function ->
                                !StartEntropy.mayDraw(
                                        program,
                                        name(program, placeOf, function),
                                        mapUsers.get(function)))
                        .findFirst();
        if (early.isPresent()) {
            return Optional.of(
                    "draws random numbers while it initialises, in "
                            + name(program, placeOf, early.getAsInt()));
        }
        var bypasses =
                decoded.callersOf(functions(guest, program, StartEntropy.SCHEDULERS_GENERATOR));
        bypasses.or(decoded.callersOf(functions(guest, program, StartEntropy.REFILL)));
        return bypasses.stream()
                .mapToObj(function -> name(program, placeOf, function))
                .filter(name ->
                        !StartEntropy.isInternal(name)
                                && !String.valueOf(name).startsWith("math/rand/v2."))
                .findFirst()
                .map(name -> "draws random numbers past the known generator, in " + name);
    }

    private static @Nullable String name(
            GoProgram program, Map<Integer, Integer> placeOf, int function) {
        Integer place = placeOf.get(function);
        return place == null ? null : program.nameAt(place);
    }
}
