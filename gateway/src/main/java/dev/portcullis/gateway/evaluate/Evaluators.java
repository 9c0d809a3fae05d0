package dev.portcullis.gateway.evaluate;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Asks the {@link EvaluatorVerticle} of this process. */
public final class Evaluators {
    static final String ADDRESS = "policy.evaluate";

    /** How much later than the deadline an answer may come before the asker gives up. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration LONGEST = Duration.ofDays(7);

    private final Vertx vertx;

    private Evaluators(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Of this process. */
    public static Evaluators of(Vertx vertx) {
        return new Evaluators(vertx);
    }

    /** Makes the records of this package known to the bus; once per process. */
    public static void register(Vertx vertx) {
        vertx.eventBus().registerCodec(new LocalRecords());
    }

    /**
     * Has a request evaluated. The future fails when no answer comes in time, which is a fault of
     * this process: the evaluation itself ends at its deadline.
     */
    public Future<Outcome> evaluate(Task task) {
        Duration left = task.deadline().remaining();
        Duration patience = (left.compareTo(LONGEST) < 0 ? left : LONGEST).plus(GRACE);
        return vertx.eventBus()
                .<Outcome>request(
                        ADDRESS, task, LocalRecords.options().setSendTimeout(patience.toMillis()))
                .map(message -> message.body());
    }
}
