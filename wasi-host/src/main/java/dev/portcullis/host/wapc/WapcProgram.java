package dev.portcullis.host.wapc;

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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A waPC module that can be called any number of times, by many threads, each call on a guest in
 * the same clean state: a new instance, or one that was put back to what its initialisation left.
 */
public final class WapcProgram {
    private final String id;
    private final TieredModule module;
    private final Watchdog watchdog;
    private final Initialisation initialisation;
    private final StartWay start;
    private final GuestPool<WapcSession> pool;

    /**
     * Prepares a module: takes its image, where it can have one, tries it against a plain start and
     * compiles what ran.
     *
     * @param id names the module in the log
     * @param trials payloads for each operation; policies refuse or accept them, both are fine
     * @param poolSize how many idle guests are kept
     * @param highestLevel the fastest way to start that may be chosen
     */
    public WapcProgram(
            String id,
            TieredModule module,
            DecodedModule decoded,
            Watchdog watchdog,
            Map<Operation, List<byte[]>> trials,
            int poolSize,
            StartLevel.Kind highestLevel) {
        this.id = id;
        this.module = module;
        this.watchdog = watchdog;
        this.initialisation = Initialisation.of(decoded);
        var maker = new ImageMaker(id, module, decoded, initialisation, watchdog, highestLevel);
        start = maker.make(trials);
        maker.generator().ifPresent(module::leaveOut);
        pool = new GuestPool<>(module, WapcSession.HOST_MODULE, maker.generator(), poolSize);
        module.compile(maker.worthCompiling());
    }

    /** What keeps a module from being a waPC guest, each fit for an operator. */
    public static List<String> defects(DecodedModule decoded) {
        var defects = new ArrayList<String>();
        var unknown = Imports.unknown(WapcSession.HOST_MODULE, decoded.importedNames());
        if (!unknown.isEmpty()) {
            defects.add(
                    "module imports what this host does not offer: " + String.join(", ", unknown));
        }
        var call = decoded.exportedFunction("__guest_call");
        if (call.isEmpty() || !decoded.takesNumbersAndGivesOne(call.getAsInt(), 2)) {
            defects.add(
                    "module does not export a function __guest_call with two i32 parameters and an"
                            + " i32 result");
        }
        for (var export : Initialisation.of(decoded).exports()) {
            if (!decoded.isCommand(decoded.exportedFunction(export).getAsInt())) {
                defects.add(
                        "module exports a function " + export + " that has parameters or results");
            }
        }
        if (!decoded.exportsMemory("memory")) {
            defects.add("module does not export its memory as \"memory\"");
        }
        return defects;
    }

    /** Calls the policy on made-up payloads until its code is compiled. */
    public void practise(Operation operation, List<byte[]> payloads) {
        Practice.practise(module, payloads, (payload, context) -> run(operation, payload, context));
    }

    /** How guests start at this moment. */
    public StartLevel level() {
        return switch (start) {
            case StartWay.Plain(var reason) -> new StartLevel(StartLevel.Kind.PLAIN, reason);
            case StartWay.Initialised _ -> new StartLevel(StartLevel.Kind.INITIALISED, "");
        };
    }

    /** Calls the guest once. Blocks the calling thread until the guest ended or was ended. */
    public WapcResult run(Operation operation, byte[] payload, EvaluationContext context) {
        try (var turn = new Turn(context, watchdog)) {
            var refusal = turn.begin();
            if (refusal.isPresent()) {
                return new WapcResult.Stopped(refusal.get().reason(), refusal.get().message());
            }
            return switch (start) {
                case StartWay.Plain _ -> runPlain(operation, payload, context, turn);
                case StartWay.Initialised image ->
                        runFrom(image, operation, payload, context, turn);
            };
        }
    }

    private WapcResult runPlain(
            Operation operation, byte[] payload, EvaluationContext context, Turn turn) {
        if (module.initialMemoryBytes() > context.limits().memoryBytes()) {
            return new WapcResult.Stopped(FailureReason.MEMORY, Ending.memoryText(context));
        }
        var session = new WapcSession(id, context, turn.permit(), 0, null);
        var imports = new Imports<>(WapcSession.HOST_MODULE);
        imports.enter(session);
        var made = new AtomicReference<@Nullable Guest>();
        var ending =
                turn.run(() -> {
                    var guest = module.guest(imports.values(), context.limits().memoryBytes());
                    made.set(guest);
                    Ending.limitMemory(guest, context);
                });
        try {
            var guest = made.get();
            if (guest == null || !(ending instanceof Ending.Returned)) {
                return startFailed(ending, session);
            }
            var failure = initialisation.run(turn, guest);
            return failure.isPresent()
                    ? startFailed(failure.get().orMemoryLimit(guest, context), session)
                    : result(call(guest, session, turn, operation, payload, context), session);
        } finally {
            session.logStreams();
        }
    }

    private WapcResult runFrom(
            StartWay.Initialised image,
            Operation operation,
            byte[] payload,
            EvaluationContext context,
            Turn turn) {
        long offset = image.monotonicNanos() - System.nanoTime();
        var session = new WapcSession(id, context, turn.permit(), offset, null);
        var taken = new AtomicReference<GuestPool.@Nullable Idle<WapcSession>>();
        var ending =
                turn.run(() -> {
                    var idle = pool.take(session);
                    taken.set(idle);
                    session.parkWhileWaiting(idle.guest(), image.state(), watchdog);
                    idle.guest().restore(image.state());
                    Ending.limitMemory(idle.guest(), context);
                });
        try {
            var idle = taken.get();
            if (idle == null || !(ending instanceof Ending.Returned)) {
                if (idle != null) {
                    pool.drop(idle);
                }
                return startFailed(ending, session);
            }
            var call = call(idle.guest(), session, turn, operation, payload, context);
            var result = result(call, session);
            if (call.ending() instanceof Ending.Returned) {
                pool.giveBack(idle);
            } else {
                pool.drop(idle);
            }
            return result;
        } finally {
            session.logStreams();
        }
    }

    /** The end of a call, and what it returned if it did. */
    record Call(Ending ending, boolean success) {}

    static Call call(
            Guest guest,
            WapcSession session,
            Turn turn,
            Operation operation,
            byte[] payload,
            EvaluationContext context) {
        var name = operation.wireName().getBytes(StandardCharsets.UTF_8);
        session.begin(name, payload);
        var returned = new long[1];
        var ending =
                turn.run(() ->
                        returned[0] = guest.call("__guest_call", name.length, payload.length)[0]);
        return new Call(ending.orMemoryLimit(guest, context), (int) returned[0] != 0);
    }

    static WapcResult result(Call call, WapcSession session) {
        return switch (call.ending()) {
            case Ending.Returned _ -> session.result(call.success());
            case Ending.Exited(int code) ->
                    new WapcResult.CallFailed(
                            FailureReason.EXIT, Ending.exitText(code, session.output()));
            case Ending.Stopped(var reason, var text) when reason == FailureReason.TRAP ->
                    new WapcResult.CallFailed(reason, text);
            case Ending.Stopped(var reason, var message) -> new WapcResult.Stopped(reason, message);
        };
    }

    private static WapcResult startFailed(Ending ending, WapcSession session) {
        return switch (ending) {
            case Ending.Returned _ -> throw new IllegalStateException("the start went well");
            case Ending.Exited(int code) ->
                    new WapcResult.StartFailed(
                            FailureReason.EXIT, Ending.exitText(code, session.output()));
            case Ending.Stopped(var reason, var text) when reason == FailureReason.TRAP ->
                    new WapcResult.StartFailed(reason, text);
            case Ending.Stopped(var reason, var message) -> new WapcResult.Stopped(reason, message);
        };
    }
}
