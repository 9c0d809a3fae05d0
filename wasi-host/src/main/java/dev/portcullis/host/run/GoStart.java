package dev.portcullis.host.run;

import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.golang.GoProgram;
import dev.portcullis.host.golang.StartEntropy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The start of a Go program that was just initialised, and whether clock or random numbers from
 * then could show in an answer ({@link StartEntropy}).
 */
public final class GoStart {
    private final Guest guest;
    private final DecodedModule decoded;
    private final GoProgram program;
    private final Map<Integer, Integer> placeOf = new HashMap<>();

    /** The start of a program in a guest. */
    public GoStart(Guest guest, DecodedModule decoded, GoProgram program) {
        this.guest = guest;
        this.decoded = decoded;
        this.program = program;
        for (int place = 0; place < guest.tableSize(); place++) {
            placeOf.put(guest.tableEntry(place), place);
        }
    }

    /** The place of a function in the module's table; null when it has none. */
    public @Nullable Integer placeOf(int function) {
        return placeOf.get(function);
    }

    /** The name of a function; null when it has none. */
    public @Nullable String nameOf(int function) {
        Integer place = placeOf.get(function);
        return place == null ? null : program.nameAt(place);
    }

    /**
     * Why the program must start anew each time.
     *
     * @param calls every call of an import up to now
     * @param outermost how many of the outermost active functions of each call are the start
     *     function and the scheduler's loop, which say nothing
     * @param entered the functions that ran up to now
     */
    public Optional<String> refusal(List<ImportCall> calls, int outermost, BitSet entered) {
        var refusal = StartEntropy.refusal(observed(calls, outermost));
        return refusal.isPresent() ? refusal : drawRefusal(entered);
    }

    /**
     * The function of the runtime that all random numbers come from and that the host has to answer
     * in guests started from an image.
     */
    public OptionalInt generator() {
        return functions(StartEntropy.GENERATOR::equals).stream().findFirst();
    }

    private List<StartEntropy.ObservedCall> observed(List<ImportCall> calls, int outermost) {
        return calls.stream()
                .map(call -> {
                    int[] active = call.active();
                    List<@Nullable String> names =
                            new ArrayList<>(
                                    Arrays.stream(active, outermost, active.length - 1)
                                            .mapToObj(this::nameOf)
                                            .toList());
                    return new StartEntropy.ObservedCall(call.name(), call.firstArgument(), names);
                })
                .toList();
    }

    private BitSet functions(Predicate<String> name) {
        var functions = new BitSet();
        program.placesOf(name).stream()
                .map(guest::tableEntry)
                .filter(function -> function >= 0)
                .forEach(functions::set);
        return functions;
    }

    /** Looks for random numbers of the runtime that may have reached the program's own state. */
    private Optional<String> drawRefusal(BitSet entered) {
        var mapUsers = decoded.callersOf(functions(StartEntropy.MAPS));
        var drawers = decoded.callersOf(functions(StartEntropy.GENERATORS));
        drawers.and(entered);
        var early =
                drawers.stream()
                        .filter(function ->
                                !StartEntropy.mayDraw(
                                        program, nameOf(function), mapUsers.get(function)))
                        .findFirst();
        if (early.isPresent()) {
            return Optional.of(
                    "draws random numbers while it initialises, in " + nameOf(early.getAsInt()));
        }
        var bypasses = decoded.callersOf(functions(StartEntropy.SCHEDULERS_GENERATOR));
        bypasses.or(decoded.callersOf(functions(StartEntropy.REFILL)));
        return bypasses.stream()
                .mapToObj(this::nameOf)
                .filter(name ->
                        !StartEntropy.isInternal(name)
                                && !String.valueOf(name).startsWith("math/rand/v2."))
                .findFirst()
                .map(name -> "draws random numbers past the known generator, in " + name);
    }
}
