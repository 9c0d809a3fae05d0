package dev.portcullis.host.run;

import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.engine.TieredModule;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Runs a policy on made-up inputs until its code is compiled; the answers are thrown away. */
public final class Practice {
    private static final Duration TIME = Duration.ofSeconds(3);

    /** A practice run that took less shows that its code is compiled by the JVM. */
    private static final long FAST_NANOS = 10_000_000;

    private static final int FAST_ENOUGH = 5;

    private Practice() {}

    /**
     * Runs each input, compiles what had to be interpreted for it, and goes on until the JVM has
     * compiled that too or a few seconds have passed.
     */
    public static void practise(
            TieredModule module, List<byte[]> inputs, BiConsumer<byte[], EvaluationContext> run) {
        inputs.forEach(input -> run.accept(input, alone(TIME)));
        module.compileWhatWasInterpreted();
        long end = System.nanoTime() + TIME.toNanos();
        int fast = 0;
        for (int i = 0; fast < inputs.size() * FAST_ENOUGH && System.nanoTime() < end; i++) {
            long start = System.nanoTime();
            run.accept(inputs.get(i % inputs.size()), alone(TIME));
            fast = System.nanoTime() - start < FAST_NANOS ? fast + 1 : 0;
        }
    }

    /** A context for runs that no one waits for: made-up answers, default limits. */
    public static EvaluationContext alone(Duration time) {
        return new EvaluationContext(
                new WarmUpAnswers(),
                ComputePermits.UNBOUNDED,
                GuestLimits.DEFAULT,
                Deadline.in(time));
    }
}
