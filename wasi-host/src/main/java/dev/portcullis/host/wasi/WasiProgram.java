package dev.portcullis.host.wasi;

import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.run.Ending;
import dev.portcullis.host.run.GuestPool;
import dev.portcullis.host.run.Imports;
import dev.portcullis.host.run.Practice;
import dev.portcullis.host.run.Turn;
import dev.portcullis.host.run.Watchdog;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A WASI command module that can be run any number of times, by many threads, each run from the
 * same clean state.
 *
 * <p>Guests that started from an image go back to a pool and are restored before their next run;
 * guests that started plainly, trapped or were interrupted are dropped.
 */
public final class WasiProgram {
    private final TieredModule module;
    private final Watchdog watchdog;
    private final Map<GuestCommand, StartWay> starts = new ConcurrentHashMap<>();
    private final GuestPool<WasiSession> pool;

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
        var maker = new ImageMaker(module, decoded, watchdog, highestLevel);
        trials.forEach((command, inputs) -> starts.put(command, maker.make(command, inputs)));
        maker.generator().ifPresent(module::leaveOut);
        pool = new GuestPool<>(module, WasiSession.HOST_MODULE, maker.generator(), poolSize);
        module.compile(maker.worthCompiling());
    }

    /** Those of a module's imports, each as {@code <module>.<name>}, that no guest can be given. */
    public static List<String> unknownImports(DecodedModule decoded) {
        return Imports.unknown(WasiSession.HOST_MODULE, decoded.importedNames());
    }

    /** Runs a command on made-up inputs until its code is compiled. */
    public void practise(GuestCommand command, List<byte[]> inputs) {
        Practice.practise(module, inputs, (input, context) -> run(command, input, context));
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
        try (var turn = new Turn(context, watchdog)) {
            var refusal = turn.begin();
            if (refusal.isPresent()) {
                return new WasiResult.Failed(refusal.get().reason(), refusal.get().message());
            }
            return switch (start(command)) {
                case StartWay.Initialised(var image) ->
                        runFrom(image, command, stdin, context, turn);
                case StartWay.Plain _ -> runPlain(command, stdin, context, turn);
            };
        }
    }

    private WasiResult runPlain(
            GuestCommand command, byte[] stdin, EvaluationContext context, Turn turn) {
        if (module.initialMemoryBytes() > context.limits().memoryBytes()) {
            return new WasiResult.Failed(FailureReason.MEMORY, Ending.memoryText(context));
        }
        var session = new WasiSession(command, stdin, context, turn.permit(), 0, null);
        var imports = new Imports<>(WasiSession.HOST_MODULE);
        imports.enter(session);
        var started = new AtomicReference<@Nullable Guest>();
        var ending =
                turn.run(() -> {
                    var guest = module.guest(imports.values(), context.limits().memoryBytes());
                    started.set(guest);
                    Ending.limitMemory(guest, context);
                    guest.call("_start");
                });
        return result(ending.orMemoryLimit(started.get(), context), session);
    }

    private WasiResult runFrom(
            StartImage image,
            GuestCommand command,
            byte[] stdin,
            EvaluationContext context,
            Turn turn) {
        var session =
                new WasiSession(
                        command,
                        stdin,
                        context,
                        turn.permit(),
                        image.monotonicNanos() - System.nanoTime(),
                        null);
        var taken = new AtomicReference<GuestPool.@Nullable Idle<WasiSession>>();
        var ending =
                turn.run(() -> {
                    var idle = pool.take(session);
                    taken.set(idle);
                    var guest = idle.guest();
                    session.parkWhileWaiting(guest, image.state(), watchdog);
                    image.restore(guest);
                    Ending.limitMemory(guest, context);
                    image.resume(guest);
                });
        var idle = taken.get();
        var result =
                result(ending.orMemoryLimit(idle == null ? null : idle.guest(), context), session);
        if (idle != null) {
            if (ending instanceof Ending.Stopped) {
                pool.drop(idle);
            } else {
                pool.giveBack(idle);
            }
        }
        return result;
    }

    private static WasiResult result(Ending ending, WasiSession session) {
        return switch (ending) {
            case Ending.Returned _ -> finished(session);
            case Ending.Exited(int code) when code == 0 -> finished(session);
            case Ending.Exited(int code) ->
                    new WasiResult.Failed(
                            FailureReason.EXIT, Ending.exitText(code, session.output()));
            case Ending.Stopped(var reason, var message) when reason == FailureReason.TRAP ->
                    new WasiResult.Failed(reason, "policy trapped: " + message);
            case Ending.Stopped(var reason, var message) -> new WasiResult.Failed(reason, message);
        };
    }

    private static WasiResult finished(WasiSession session) {
        return new WasiResult.Finished(
                session.output().outputBytes(), session.output().errorText());
    }
}
