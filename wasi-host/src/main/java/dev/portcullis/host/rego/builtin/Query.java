package dev.portcullis.host.rego.builtin;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One evaluation, as far as builtins can tell it from another. Within it the time stands still and
 * random values that are asked for by the same name are the same, as Rego has it.
 */
public final class Query {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Instant now;
    private final Consumer<String> notes;
    private final Map<String, Term> drawn = new HashMap<>();

    /**
     * An evaluation that begins.
     *
     * @param now the time that it sees
     * @param notes gets what the policy prints and traces
     */
    public Query(Instant now, Consumer<String> notes) {
        this.now = now;
        this.notes = notes;
    }

    Instant now() {
        return now;
    }

    /** Takes what the policy prints. */
    public void note(String text) {
        notes.accept(text);
    }

    /** A way to draw a random value. */
    @FunctionalInterface
    interface Draw {
        Term from(SecureRandom random);
    }

    /** The value of a name, drawn when it is asked for first. */
    Term drawn(String name, Draw draw) {
        return drawn.computeIfAbsent(name, _ -> draw.from(RANDOM));
    }
}
