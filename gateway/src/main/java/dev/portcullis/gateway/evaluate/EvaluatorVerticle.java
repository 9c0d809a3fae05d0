package dev.portcullis.gateway.evaluate;

import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.verdict.Verdict;
import dev.portcullis.host.GuestLimits;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates {@link Task}s, each on a virtual thread of its own. Deploy once, on an event loop: it
 * only starts threads.
 *
 * <p>Two bounds hold. A guest computes only with a permit, which it gives back while it waits. And
 * only so many evaluations are under way at all; one more is refused at once, because each may hold
 * a guest's memory. Audit has bounds of its own, half as wide.
 *
 * <p>Every task gets exactly one {@link Outcome}, whatever is thrown.
 */
public final class EvaluatorVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(EvaluatorVerticle.class);

    private final GuestLimits limits;
    private final Lane admission;
    private final Lane audit;

    /**
     * An evaluator.
     *
     * @param workers how many guests compute at once
     * @param maxEvaluations how many evaluations may be under way
     */
    public EvaluatorVerticle(int workers, int maxEvaluations, GuestLimits limits) {
        this.limits = limits;
        WorkerPermits permits = new WorkerPermits(workers);
        admission = new Lane(maxEvaluations, permits.admission());
        audit = new Lane(Math.max(1, maxEvaluations / 2), permits.audit());
    }

    @Override
    public Future<?> start() {
        return vertx.eventBus().<Task>localConsumer(Evaluators.ADDRESS, this::accept).completion();
    }

    private void accept(Message<Task> message) {
        Lane lane =
                switch (message.body().origin()) {
                    case VALIDATE -> admission;
                    case AUDIT -> audit;
                };
        if (!lane.places().tryAcquire()) {
            reply(message, new Outcome.Overloaded(lane.limit()));
            return;
        }
        Thread thread =
                Thread.ofVirtual()
                        .name("evaluation " + message.body().policy().id())
                        .unstarted(() -> end(message, lane, evaluated(message.body(), lane)));
        try {
            thread.start();
        } catch (Throwable e) {
            end(message, lane, broken(message.body(), e));
        }
    }

    private Outcome evaluated(Task task, Lane lane) {
        try {
            return new Outcome.Decided(response(task, lane));
        } catch (Throwable e) {
            return broken(task, e);
        }
    }

    private static Outcome broken(Task task, Throwable e) {
        LOG.atError()
                .setCause(e)
                .addKeyValue("policy_id", task.policy().id())
                .addKeyValue("uid", task.review().uid())
                .log("an evaluation broke");
        return new Outcome.Broken();
    }

    /**
     * The place is free before the answer leaves, so that whoever reads it finds the place free.
     */
    private static void end(Message<Task> message, Lane lane, Outcome outcome) {
        lane.places().release();
        reply(message, outcome);
    }

    private AdmissionResponse response(Task task, Lane lane) {
        PolicyRun run = new PolicyRun(task, lane.permits(), limits);
        String uid = task.review().uid();
        return switch (task.policy()) {
            case Policy.Ready policy -> {
                PolicyRun.Result result = run.of(policy);
                yield Verdict.of(
                        result.evaluation(), policy.entry(), task.origin(), uid, result.payload());
            }
            case Policy.Group group ->
                    Verdict.ofGroup(
                            new GroupRun(group, task, run).response(),
                            group.entry(),
                            task.origin());
        };
    }

    private static void reply(Message<Task> message, Outcome outcome) {
        message.reply(outcome, LocalRecords.options());
    }
}
