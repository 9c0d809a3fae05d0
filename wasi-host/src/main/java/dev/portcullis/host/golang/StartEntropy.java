package dev.portcullis.host.golang;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether what a program drew from the outside before its first read of standard input can
 * show in an answer (effect-audit, check 8). If it can, the program must start anew each time: an
 * image would serve an old clock or the same random numbers for ever.
 *
 * <p>Three sources matter. The wall clock: only the runtime's garbage collector may have read it.
 * Random bytes: only the runtime may have asked for them, to seed itself. And the runtime's seeded
 * generator: a program may have drawn from it only to spread hash table entries. After an image was
 * taken the generator is no concern, since the host puts its own in the place of {@link
 * #GENERATOR}. The monotonic clock does not matter: it goes on from where the image stopped it.
 */
public final class StartEntropy {
    /** {@code func rand() uint64} of Go 1.22 to 1.26; all other generators but one call it. */
    public static final String GENERATOR = "runtime.rand";

    /** Generators whose values can be had outside the runtime. */
    public static final Predicate<String> GENERATORS =
            name ->
                    name.equals(GENERATOR)
                            || name.equals("runtime.rand32")
                            || name.equals("runtime.randn")
                            || name.startsWith("runtime.cheaprand")
                            || name.startsWith("runtime.fastrand")
                            || name.startsWith("runtime.legacy_fastrand");

    /** The one generator that does not call {@link #GENERATOR}; meant for the scheduler. */
    public static final Predicate<String> SCHEDULERS_GENERATOR =
            name -> name.startsWith("runtime.cheaprand");

    /** Refills the state behind {@link #GENERATOR}. */
    public static final Predicate<String> REFILL =
            name -> name.equals("internal/chacha8rand.(*State).Refill");

    /** Code that works on maps; where the compiler makes a small map in place, it draws a seed. */
    public static final Predicate<String> MAPS =
            name -> name.startsWith("runtime.map") || name.startsWith("internal/runtime/maps.");

    private static final int REALTIME = 0;
    private static final String UNKNOWN = "an unknown function";

    /** Hash tables and pools; no value that they draw reaches a program's results. */
    private static final List<String> INTERNAL_USERS =
            List.of(
                    "runtime.",
                    "internal/runtime/",
                    "internal/chacha8rand.",
                    "internal/sync.",
                    "internal/concurrent.",
                    "sync.",
                    "unique.");

    /** Packages that hand random numbers to their callers. */
    private static final List<String> SUPPLIERS =
            List.of("math/rand.", "math/rand/v2.", "hash/maphash.", "os.", "net.");

    private StartEntropy() {}

    /**
     * A call of a WASI function before the first read of standard input.
     *
     * @param name the function's name
     * @param firstArgument its first argument, or 0
     * @param activeFunctions the functions that were active, outermost first; null for an unknown
     *     one
     */
    public record ObservedCall(
            String name, long firstArgument, List<@Nullable String> activeFunctions) {
        private boolean drawsEntropy() {
            return name.equals("random_get")
                    || (name.equals("clock_time_get") && firstArgument == REALTIME);
        }
    }

    /** Why the program must start anew each time, judged by what it asked of the host. */
    public static Optional<String> refusal(List<ObservedCall> calls) {
        return calls.stream()
                .filter(ObservedCall::drawsEntropy)
                .filter(call -> !runtimeOnly(call.activeFunctions()))
                .findFirst()
                .map(call ->
                        (call.name().equals("random_get")
                                        ? "draws random bytes"
                                        : "reads the wall clock")
                                + " while it initialises, in "
                                + culprit(call.activeFunctions()));
    }

    private static boolean runtimeOnly(List<@Nullable String> functions) {
        boolean collecting =
                functions.stream()
                        .anyMatch(name -> name != null && name.startsWith("runtime.gcMark"));
        return functions.stream().allMatch(name -> ofRuntime(name, collecting));
    }

    private static boolean ofRuntime(@Nullable String name, boolean collecting) {
        return name != null
                && (name.startsWith("runtime.")
                        || name.startsWith("internal/runtime/")
                        || (collecting && name.equals("time.now")));
    }

    private static String culprit(List<@Nullable String> functions) {
        return functions.reversed().stream()
                .filter(name -> !ofRuntime(name, false))
                .map(name -> name == null ? UNKNOWN : name)
                .findFirst()
                .orElse(UNKNOWN);
    }

    /**
     * Whether a function that calls a generator may have run before the image is taken. The
     * compiler itself draws a seed wherever it makes a small map in place; outside the standard
     * library a function is believed to draw for that reason only if it also works on maps.
     *
     * @param caller the function's name; null for an unknown one
     * @param usesMaps whether it also calls code that works on maps
     */
    public static boolean mayDraw(GoProgram program, @Nullable String caller, boolean usesMaps) {
        return caller != null
                && SUPPLIERS.stream().noneMatch(caller::startsWith)
                && (usesMaps || program.isStandard(caller));
    }

    /** Whether a function only spreads entries with the numbers that it draws. */
    public static boolean isInternal(@Nullable String name) {
        return name != null && INTERNAL_USERS.stream().anyMatch(name::startsWith);
    }
}
