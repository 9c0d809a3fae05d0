package dev.portcullis.host.engine;

import java.util.Arrays;
import java.util.BitSet;

/** Notes, while a guest is interpreted, which functions run and which are active. */
public final class CallRecorder {
    private final BitSet entered = new BitSet();
    private int[] active = new int[64];
    private int depth;

    void enter(int function) {
        entered.set(function);
        if (depth == active.length) {
            active = Arrays.copyOf(active, depth * 2);
        }
        active[depth++] = function;
    }

    void leave() {
        depth--;
    }

    /** The functions that ran since the last {@link #clear}; imported ones included. */
    public BitSet entered() {
        return (BitSet) entered.clone();
    }

    /** Forgets which functions ran; the active ones stay known. */
    public void clear() {
        entered.clear();
    }

    /** The active functions, outermost first; while an import runs, it is the last. */
    public int[] active() {
        return Arrays.copyOf(active, depth);
    }
}
