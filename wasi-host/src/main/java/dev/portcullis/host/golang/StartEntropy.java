package dev.portcullis.host.golang;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether what a program drew from the outside before its first read of standard input can
 * show in an answer (effect-audit, check 8). If it can, the program must start anew each time: an
 * image would serve an old clock or the same random numbers for ever.
 *
 * <p>Three sources matter. The wall clock: only the runtime's garbage collector may have read it.
 * Random bytes: only the runtime may have asked for them, to seed itself. And that seed: an image
 * holds it, so functions outside the runtime that draw from the runtime's generators are
 * <em>tripwires</em>; a guest that enters one is abandoned and the request answered from a plain
 * start. The monotonic clock does not matter: it goes on from where the image stopped it.
 */
public final class StartEntropy {
    private static final int REALTIME = 0;

    /** The runtime's generators, as Go 1.22 to 1.26 name them; matched by prefix. */
    private static final List<String> GENERATORS =
            List.of(
                    "runtime.rand",
                    "runtime.cheaprand",
                    "runtime.fastrand",
                    "runtime.legacy_fastrand",
                    "runtime.bootstrapRand",
                    "internal/chacha8rand.");

    /**
     * Functions that draw from the generators but only to spread hash table entries, pool slots or
     * scheduling; no value of theirs reaches a program's results.
     */
    private static final List<String> INTERNAL_USERS =
            List.of(
                    "runtime.",
                    "internal/runtime/",
                    "internal/chacha8rand.",
                    "internal/sync.(*HashTrieMap",
                    "internal/concurrent.(*HashTrieMap",
                    "sync.(*Pool)");

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

    /** Why the program must start anew each time; empty when nothing speaks against an image. */
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
                .findFirst()
                .map(String::valueOf)
                .orElse("an unknown function");
    }

    /**
     * The places of the functions that must not run in a guest that was started from an image.
     *
     * @param callers finds the places of the functions that directly call one of some places
     */
    public static BitSet tripwires(GoProgram program, UnaryOperator<BitSet> callers) {
        var generators = program.placesOf(name -> GENERATORS.stream().anyMatch(name::startsWith));
        var tripwires = callers.apply(generators);
        tripwires.andNot(
                program.placesOf(name -> INTERNAL_USERS.stream().anyMatch(name::startsWith)));
        return tripwires;
    }
}
