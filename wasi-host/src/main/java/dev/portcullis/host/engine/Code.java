package dev.portcullis.host.engine;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;

/**
 * Which tier runs which function. Tiers are only ever added; a guest stays with the code that it
 * started with, so compiling more functions makes a new {@code Code} for later guests.
 */
final class Code {
    private static final int NONE = -1;

    private final AtomicIntegerArray tierOf;
    private final List<Tier> tiers = new CopyOnWriteArrayList<>();
    private final Function<BitSet, Tier> interpreter;
    private final BitSet interpreted = new BitSet();
    private final AtomicInteger interpretedCalls = new AtomicInteger();

    /**
     * Code that has nothing ready yet.
     *
     * @param interpreter makes an interpreted tier of the given functions
     */
    Code(int functionCount, Function<BitSet, Tier> interpreter) {
        this.tierOf = new AtomicIntegerArray(functionCount);
        for (int i = 0; i < functionCount; i++) {
            tierOf.setPlain(i, NONE);
        }
        this.interpreter = interpreter;
    }

    /** Adds a tier that runs the given functions. */
    synchronized void add(Tier tier, BitSet functions) {
        int index = tiers.size();
        tiers.add(tier);
        functions.stream().forEach(function -> tierOf.set(function, index));
    }

    /** The index of the tier that runs a function; a function without one gets interpreted. */
    int tierOf(int function) {
        int tier = tierOf.get(function);
        return tier == NONE ? interpret(function) : tier;
    }

    private synchronized int interpret(int function) {
        if (tierOf.get(function) == NONE) {
            var functions = new BitSet();
            functions.set(function);
            add(interpreter.apply(functions), functions);
            interpreted.set(function);
        }
        return tierOf.get(function);
    }

    Tier tier(int index) {
        return tiers.get(index);
    }

    /** Counts an entry into interpreted code and gives the number of entries so far. */
    int countInterpretedCall() {
        return interpretedCalls.incrementAndGet();
    }

    /** The functions that had to be interpreted since this code was made. */
    synchronized BitSet interpretedFunctions() {
        return (BitSet) interpreted.clone();
    }
}
