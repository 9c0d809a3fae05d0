package dev.portcullis.host.rego;

import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.GuestImage;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.rego.RegoGuest.NamedBuiltin;
import dev.portcullis.host.rego.builtin.BuiltinException;
import dev.portcullis.host.rego.builtin.Builtins;
import dev.portcullis.host.rego.builtin.Query;
import dev.portcullis.host.rego.builtin.Term;
import dev.portcullis.host.rego.builtin.TermReader;
import dev.portcullis.host.run.Ending;
import dev.portcullis.host.run.GuestLimitException;
import dev.portcullis.host.run.Practice;
import dev.portcullis.host.run.Turn;
import dev.portcullis.host.run.Watchdog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Rego module that can be evaluated any number of times, by many threads, each time from the same
 * clean state.
 *
 * <p>That state is the one that a new instance has once it told its builtins and entry points. It
 * is exact: nothing of the module runs at that time, so a guest that is put back to it is as good
 * as new. Guests whose evaluation ended by itself are kept for the next one; all others are
 * dropped.
 */
public final class RegoProgram {
    private static final Logger LOGGER = LoggerFactory.getLogger(RegoProgram.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What is told when the deadline passed (policy-server §14). */
    public static final String DEADLINE_TEXT =
            "guest code interrupted, execution deadline exceeded";

    private static final String ENTRY_POINT_0 = "0";

    private final String name;
    private final TieredModule module;
    private final Watchdog watchdog;
    private final boolean exchangesValues;
    private final int poolSize;
    private final Map<Integer, NamedBuiltin> builtins;
    private final @Nullable GuestImage image;
    private final String reason;
    private final ConcurrentLinkedDeque<RegoGuest> pool = new ConcurrentLinkedDeque<>();
    private final AtomicInteger pooled = new AtomicInteger();

    /**
     * Starts a module once, to see what it needs.
     *
     * @param name names the module in log lines
     * @param poolSize how many idle guests are kept
     * @param highestLevel the fastest way to start that may be chosen
     * @throws ModuleException when the module does not speak OPA's ABI or calls builtins that this
     *     host does not have
     */
    public RegoProgram(
            String name,
            TieredModule module,
            DecodedModule decoded,
            Watchdog watchdog,
            int poolSize,
            StartLevel.Kind highestLevel)
            throws ModuleException {
        this.name = name;
        this.module = module;
        this.watchdog = watchdog;
        this.poolSize = poolSize;
        this.exchangesValues = RegoInterface.exchangesValues(decoded);
        var first = new AtomicReference<@Nullable RegoGuest>();
        var tables = new HashMap<String, String>();
        var ending =
                watched(() -> {
                    var guest =
                            new RegoGuest(
                                    module, exchangesValues, GuestLimits.DEFAULT.memoryBytes());
                    guest.enter(new Query(Instant.now(), this::log));
                    tables.put("builtins", guest.table("builtins"));
                    tables.put("entrypoints", guest.table("entrypoints"));
                    first.set(guest);
                });
        var guest = first.get();
        if (guest == null) {
            throw new ModuleException("module cannot be started: " + ending);
        }
        checkEntryPoint(ids(tables, "entrypoints"));
        this.builtins = resolved(ids(tables, "builtins"));
        if (highestLevel == StartLevel.Kind.PLAIN) {
            reason = "no image is allowed by configuration";
        } else if (!decoded.changesOnlyMemoryAndGlobals()) {
            reason = "changes tables or keeps passive segments";
        } else {
            reason = "";
        }
        image = reason.isEmpty() ? guest.guest().image() : null;
    }

    /**
     * Refuses a module that does not speak OPA's ABI, before anything of it is compiled.
     *
     * @throws ModuleException when it does not
     */
    public static void check(DecodedModule decoded) throws ModuleException {
        RegoInterface.check(decoded);
    }

    private Ending watched(Runnable start) {
        try (var turn = new Turn(Practice.alone(PATIENCE), watchdog)) {
            var refusal = turn.begin();
            return refusal.isPresent() ? refusal.get() : turn.run(start);
        }
    }

    /** Names to ids, as {@code builtins} and {@code entrypoints} tell them. */
    private static Map<String, String> ids(Map<String, String> tables, String export)
            throws ModuleException {
        var ids = new TreeMap<String, String>();
        try {
            if (TermReader.read(tables.getOrDefault(export, ""))
                    instanceof Term.Members(var entries)) {
                for (var entry : entries.entrySet()) {
                    if (entry.getKey() instanceof Term.Text(var text)
                            && entry.getValue() instanceof Term.Numeral(var id)
                            && id.matches("[0-9]{1,9}")) {
                        ids.put(text, id);
                    } else {
                        throw new ModuleException("module gives no ids for its " + export);
                    }
                }
                return ids;
            }
        } catch (BuiltinException e) {
            throw new ModuleException(
                    "module gives no readable table of its " + export + ": " + e.getMessage(), e);
        }
        throw new ModuleException("module gives no table of its " + export);
    }

    private static void checkEntryPoint(Map<String, String> entryPoints) throws ModuleException {
        if (!entryPoints.containsValue(ENTRY_POINT_0)) {
            throw new ModuleException(
                    "module has no entry point with id 0; it has " + entryPoints.keySet());
        }
    }

    private static Map<Integer, NamedBuiltin> resolved(Map<String, String> ids)
            throws ModuleException {
        var found = new HashMap<Integer, NamedBuiltin>();
        var missing = new TreeSet<String>();
        ids.forEach((builtinName, id) ->
                Builtins.named(builtinName)
                        .ifPresentOrElse(
                                builtin ->
                                        found.put(
                                                Integer.valueOf(id),
                                                new NamedBuiltin(builtinName, builtin)),
                                () -> missing.add(builtinName)));
        if (!missing.isEmpty()) {
            throw new ModuleException("Missing Rego builtins: " + String.join(", ", missing));
        }
        return Map.copyOf(found);
    }

    /** How evaluations start at this moment. */
    public StartLevel level() {
        return new StartLevel(
                image == null ? StartLevel.Kind.PLAIN : StartLevel.Kind.INITIALISED, reason);
    }

    /**
     * Evaluates the entry point once. Blocks the calling thread until the guest ended or was ended.
     *
     * @param input UTF-8 JSON
     * @param data UTF-8 JSON, an object
     */
    public RegoResult evaluate(byte[] input, byte[] data, EvaluationContext context) {
        try (var turn = new Turn(context, watchdog)) {
            var refusal = turn.begin();
            if (refusal.isPresent()) {
                return new RegoResult.Failed(refusal.get().reason(), refusal.get().message());
            }
            var query = new Query(Instant.now(), notes(context));
            var taken = new AtomicReference<@Nullable RegoGuest>();
            var json = new AtomicReference<String>("");
            var ending =
                    turn.run(() -> {
                        var guest = take(context);
                        taken.set(guest);
                        guest.enter(query);
                        Ending.limitMemory(guest.guest(), context);
                        json.set(guest.evaluate(input, data));
                    });
            var guest = taken.get();
            var result = result(ending, guest == null ? null : guest.guest(), json.get(), context);
            if (guest != null && ending instanceof Ending.Returned) {
                giveBack(guest);
            }
            return result;
        }
    }

    private static RegoResult result(
            Ending ending, @Nullable Guest guest, String json, EvaluationContext context) {
        return switch (ending.orMemoryLimit(guest, context)) {
            case Ending.Returned _ -> new RegoResult.Finished(json);
            case Ending.Exited(int code) ->
                    new RegoResult.Failed(
                            FailureReason.TRAP,
                            "wasm engine error: guest exited with code " + code);
            case Ending.Stopped(var reason, var message) ->
                    new RegoResult.Failed(
                            reason,
                            switch (reason) {
                                case TRAP -> "wasm engine error: " + message;
                                case DEADLINE -> DEADLINE_TEXT;
                                case EXIT,
                                        GUEST_ERROR,
                                        OVERLOAD,
                                        MEMORY,
                                        OUTPUT,
                                        HOST_CALLS,
                                        ANSWER,
                                        CONTEXT,
                                        INTERNAL ->
                                        message;
                            });
        };
    }

    /** What a policy prints goes to the log, within the limit of its output. */
    private Consumer<String> notes(EvaluationContext context) {
        long limit = context.limits().outputBytes();
        long[] written = {0};
        return text -> {
            written[0] += text.getBytes(StandardCharsets.UTF_8).length + 1L;
            if (written[0] > limit) {
                throw new GuestLimitException(
                        FailureReason.OUTPUT,
                        "policy wrote more than its limit of " + limit + " bytes of output");
            }
            log(text);
        };
    }

    private void log(String text) {
        LOGGER.info("policy module {} prints: {}", name, text);
    }

    private RegoGuest take(EvaluationContext context) {
        for (var idle = pool.pollFirst(); idle != null; idle = pool.pollFirst()) {
            pooled.decrementAndGet();
            if (image != null && module.isCurrent(idle.guest())) {
                idle.guest().restore(image);
                return idle;
            }
        }
        var guest = new RegoGuest(module, exchangesValues, context.limits().memoryBytes());
        if (image != null) {
            guest.guest().restore(image);
        }
        guest.offer(builtins);
        return guest;
    }

    private void giveBack(RegoGuest guest) {
        guest.enter(null);
        if (image != null && pooled.get() < poolSize) {
            pooled.incrementAndGet();
            pool.addFirst(guest);
        }
    }
}
