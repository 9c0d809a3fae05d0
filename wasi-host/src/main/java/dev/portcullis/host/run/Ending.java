package dev.portcullis.host.run;

import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.engine.Guest;
import org.jspecify.annotations.Nullable;

/** How the code of a guest ended, before anyone looks at its answer. */
public sealed interface Ending {
    /** What is told when the deadline passed; the reference says this for waPC guests. */
    String DEADLINE_TEXT =
            "Policy execution interrupted because it exceeded the allowed execution time";

    /** The most characters of a guest's own words that a client is told. */
    int MOST_WORDS = 8 * 1024;

    /** The guest returned to its caller. */
    record Returned() implements Ending {}

    /** The guest called {@code proc_exit}. */
    record Exited(int code) implements Ending {}

    /**
     * The guest was ended.
     *
     * @param message fit for a client; for {@link FailureReason#TRAP} just the engine's text
     */
    record Stopped(FailureReason reason, String message) implements Ending {}

    /**
     * A bad end of a guest that ran into the bound of its memory is told as just that: guests say
     * little of use when they get no memory.
     *
     * @param guest null when there was none yet
     */
    default Ending orMemoryLimit(@Nullable Guest guest, EvaluationContext context) {
        boolean reached = guest != null && guest.memoryLimitReached();
        return switch (this) {
            case Returned _ -> this;
            case Exited(int code) when code == 0 -> this;
            case Exited _ -> reached ? memoryLimit(context) : this;
            case Stopped(var reason, _) ->
                    reached && reason == FailureReason.TRAP ? memoryLimit(context) : this;
        };
    }

    /** A guest's own words, cut if they are long. */
    static String clipped(String words) {
        return words.length() <= MOST_WORDS
                ? words
                : words.substring(0, MOST_WORDS) + "… (truncated)";
    }

    /** What is told of a guest that exited when it should not have. */
    static String exitText(int code, OutputCapture output) {
        var words = output.errorText();
        return words.isEmpty()
                ? "policy exited with code " + code + " and wrote nothing to standard error"
                : "policy exited with code " + code + ": " + words;
    }

    private static Ending memoryLimit(EvaluationContext context) {
        return new Stopped(FailureReason.MEMORY, memoryText(context));
    }

    /** Bounds a guest's memory; a guest that holds more already is ended. */
    static void limitMemory(Guest guest, EvaluationContext context) {
        guest.limitMemory(context.limits().memoryBytes());
        if (guest.memoryLimitReached()) {
            throw new GuestLimitException(FailureReason.MEMORY, memoryText(context));
        }
    }

    /** What is told of a guest that wanted more memory than it may have. */
    static String memoryText(EvaluationContext context) {
        return "policy exceeded its memory limit of " + context.limits().memoryBytes() + " bytes";
    }
}
