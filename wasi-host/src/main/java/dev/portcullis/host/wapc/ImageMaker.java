package dev.portcullis.host.wapc;

import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.CallRecorder;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.golang.GoProgram;
import dev.portcullis.host.run.Ending;
import dev.portcullis.host.run.GoStart;
import dev.portcullis.host.run.ImportCall;
import dev.portcullis.host.run.Imports;
import dev.portcullis.host.run.Permit;
import dev.portcullis.host.run.Practice;
import dev.portcullis.host.run.Session;
import dev.portcullis.host.run.Turn;
import dev.portcullis.host.run.Watchdog;
import dev.portcullis.host.wasm.MalformedModuleException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes images of waPC guests after their initialisation (design §3.1). Such an image is exact,
 * since initialisation has returned; but it would serve an old clock or the same random numbers for
 * ever if the guest drew any before. A guest of standard Go is judged by who drew ({@link
 * GoStart}); any other that drew starts anew each time.
 */
final class ImageMaker {
    private static final Logger LOGGER = LoggerFactory.getLogger(ImageMaker.class);
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CALL_PATIENCE = Duration.ofSeconds(10);
    private static final long TRIAL_MEMORY = GuestLimits.DEFAULT.memoryBytes();

    /** The outermost active functions while Go code runs: the entry and the scheduler's loop. */
    private static final int ENTRY_AND_LOOP = 2;

    private final String id;
    private final TieredModule module;
    private final DecodedModule decoded;
    private final Initialisation initialisation;
    private final Watchdog watchdog;
    private final StartLevel.Kind highestLevel;
    private OptionalInt generator = OptionalInt.empty();
    private final BitSet worthCompiling = new BitSet();

    ImageMaker(
            String id,
            TieredModule module,
            DecodedModule decoded,
            Initialisation initialisation,
            Watchdog watchdog,
            StartLevel.Kind highestLevel) {
        this.id = id;
        this.module = module;
        this.decoded = decoded;
        this.initialisation = initialisation;
        this.watchdog = watchdog;
        this.highestLevel = highestLevel;
    }

    /** The functions that later runs will need, as far as the trials tell. */
    BitSet worthCompiling() {
        return (BitSet) worthCompiling.clone();
    }

    /** The function that the host has to answer in guests started from the image, if any. */
    OptionalInt generator() {
        return generator;
    }

    /**
     * Finds the best way to start. The first payload is tried on a plainly started guest; then all
     * are tried from the image, which is refused if it answers the first one otherwise.
     *
     * @throws MalformedModuleException when no instance of the module can be made
     */
    StartWay make(Map<Operation, List<byte[]>> trials) {
        var first = Objects.requireNonNull(trials.get(Operation.VALIDATE)).getFirst();
        var plain = new Trial();
        var program = GoProgram.read(plain.guest.image().memory()).orElse(null);
        if (!plain.initialises()) {
            worthCompiling.or(plain.recorder.entered());
            return new StartWay.Plain("its initialisation does not end well");
        }
        var image = new StartWay.Initialised(plain.guest.image(), plain.session.monotonicNanos());
        var refusal = refusal(plain, program);
        if (refusal.isPresent()) {
            plain.runAll(trials, () -> {});
            worthCompiling.or(plain.recorder.entered());
            return new StartWay.Plain(refusal.get());
        }
        var expected = visible(plain.run(Operation.VALIDATE, first));
        var resumed = new Trial();
        resumed.recorder.clear();
        resumed.guest.restore(image.state());
        var found = visible(resumed.run(Operation.VALIDATE, first));
        if (!found.equals(expected)) {
            LOGGER.info("an image answered {} where a plain start answered {}", found, expected);
            generator = OptionalInt.empty();
            worthCompiling.or(plain.recorder.entered());
            return new StartWay.Plain("answered a trial otherwise than a plain start did");
        }
        resumed.runAll(trials, () -> resumed.guest.restore(image.state()));
        worthCompiling.or(resumed.recorder.entered());
        return image;
    }

    /** Everything of a result that a client could see. */
    private static String visible(WapcResult result) {
        return switch (result) {
            case WapcResult.Answered(var response) -> new String(response, StandardCharsets.UTF_8);
            case WapcResult.CallFailed(var reason, var text) -> reason + " " + text;
            case WapcResult.StartFailed(var reason, var text) -> reason + " " + text;
            case WapcResult.Stopped(var reason, var message) -> reason + " " + message;
        };
    }

    /** Why there can be no image, judged by what happened while the guest was initialised. */
    private Optional<String> refusal(Trial trial, @Nullable GoProgram program) {
        if (highestLevel == StartLevel.Kind.PLAIN) {
            return Optional.of("no image is allowed by configuration");
        }
        if (!module.hasBlankGuests()) {
            return Optional.of("runs code while it is instantiated");
        }
        if (!decoded.changesOnlyMemoryAndGlobals()) {
            return Optional.of("changes tables or keeps passive segments");
        }
        if (!trial.session.output().isEmpty()) {
            return Optional.of("writes output while it initialises");
        }
        for (var call : trial.calls) {
            if (!Session.leavesNothing(call.name())) {
                return Optional.of("calls " + call.name() + " while it initialises");
            }
        }
        return program == null ? drawn(trial.calls) : goRefusal(trial, program);
    }

    private static Optional<String> drawn(List<ImportCall> calls) {
        for (var call : calls) {
            if (call.name().equals("random_get")) {
                return Optional.of("draws random bytes while it initialises");
            }
            // The monotonic clock goes on from an image, but a generator may be seeded with it.
            if (call.name().equals("clock_time_get")) {
                return Optional.of("reads a clock while it initialises");
            }
        }
        return Optional.empty();
    }

    private Optional<String> goRefusal(Trial trial, GoProgram program) {
        if (!program.layoutKnown()) {
            return Optional.of(
                    "built with " + program.version() + ", for which images are not proved");
        }
        for (var call : trial.calls) {
            int[] active = call.active();
            var loop = decoded.lastCall(active[0]);
            if (loop.isEmpty() || active.length < 4 || active[1] != loop.getAsInt()) {
                return Optional.of("its start function is not laid out as known");
            }
        }
        var start = new GoStart(trial.guest, decoded, program);
        var refusal = start.refusal(trial.calls, ENTRY_AND_LOOP, trial.recorder.entered());
        if (refusal.isPresent()) {
            return refusal;
        }
        generator = start.generator();
        return generator.isEmpty()
                ? Optional.of("its random generator is not laid out as known")
                : Optional.empty();
    }

    private static String text(Ending ending) {
        return switch (ending) {
            case Ending.Returned _ -> "";
            case Ending.Exited(int code) -> "its start function exits with code " + code;
            case Ending.Stopped(_, var message) -> message;
        };
    }

    /** An interpreted guest that is recorded. */
    private final class Trial {
        final CallRecorder recorder = new CallRecorder();
        final List<ImportCall> calls = new ArrayList<>();
        final WapcSession session =
                new WapcSession(
                        id,
                        Practice.alone(START_PATIENCE),
                        new Permit(ComputePermits.UNBOUNDED),
                        0,
                        this::observe);
        final Guest guest;

        Trial() {
            var imports = new Imports<>(WapcSession.HOST_MODULE);
            imports.enter(session);
            var made = new AtomicReference<@Nullable Guest>();
            Ending ending;
            try (var turn = new Turn(Practice.alone(START_PATIENCE), watchdog)) {
                ending =
                        turn.run(() ->
                                made.set(
                                        module.recordedGuest(
                                                decoded,
                                                imports.values(),
                                                TRIAL_MEMORY,
                                                recorder)));
            }
            var instance = made.get();
            if (instance == null) {
                throw new MalformedModuleException(
                        "module cannot be instantiated: " + text(ending));
            }
            guest = instance;
        }

        private void observe(String name, long[] arguments) {
            calls.add(ImportCall.of(name, arguments, recorder.active()));
        }

        boolean initialises() {
            try (var turn = new Turn(Practice.alone(START_PATIENCE), watchdog)) {
                return initialisation.run(turn, guest).isEmpty();
            }
        }

        WapcResult run(Operation operation, byte[] payload) {
            var context = Practice.alone(CALL_PATIENCE);
            try (var turn = new Turn(context, watchdog)) {
                return WapcProgram.result(
                        WapcProgram.call(guest, session, turn, operation, payload, context),
                        session);
            }
        }

        /** Runs all payloads, to learn what they need; stops at the first that takes too long. */
        void runAll(Map<Operation, List<byte[]>> trials, Runnable before) {
            for (var trial : trials.entrySet()) {
                for (var payload : trial.getValue()) {
                    before.run();
                    if (run(trial.getKey(), payload) instanceof WapcResult.Stopped) {
                        return;
                    }
                }
            }
        }
    }
}
