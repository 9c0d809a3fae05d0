package dev.portcullis.capability;

import dev.portcullis.capability.question.Answer;
import dev.portcullis.capability.question.Asked;
import dev.portcullis.capability.question.PassThroughCodec;
import dev.portcullis.capability.question.Question;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries questions of parked guests over the event bus, a bounded number at a time. Deploy on an
 * event loop: replies arrive there, whatever thread the guest is parked on. (A guest on a virtual
 * thread of Vert.x would otherwise wait for a reply that waits for the guest's context.)
 *
 * <p>Each question ends in an answer or a failure some time before the evaluation's deadline, so
 * that the guest can still handle the failure. Shared by all policies.
 */
final class CallbackChannel extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackChannel.class);

    /** What the guest keeps of its time to handle an answer that does not come, at the least. */
    private static final Duration SHORTEST_RESERVE = Duration.ofMillis(50);

    private static final int RESERVE_DIVISOR = 10;

    /** What stands before the reason when a question was asked but not answered. */
    static final String EVALUATION_FAILURE = "Callback evaluation failure: ";

    private static final String CLOSED = "the capabilities are closed";
    private static final String NO_ANSWER = "Error obtaining response over callback channel";

    private final int bound;
    private final Duration longest;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final AtomicLong asks = new AtomicLong();
    private final Map<Long, CompletableFuture<Message<Answer>>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param bound how many questions may wait at once
     * @param longest how long one may wait when the evaluation has no nearer deadline
     */
    CallbackChannel(int bound, Duration longest) {
        this.bound = bound;
        this.longest = longest;
    }

    @Override
    public Future<?> start() {
        PassThroughCodec.register(vertx.eventBus());
        return Future.succeededFuture();
    }

    /** Parks the calling thread until the answer is there. */
    HostAnswer ask(Question question, Deadline evaluation) throws InterruptedException {
        if (closed) {
            return sendFailure(CLOSED);
        }
        Duration left = min(evaluation.remaining(), longest);
        Duration reserve = max(SHORTEST_RESERVE, left.dividedBy(RESERVE_DIVISOR));
        Duration budget = left.minus(reserve);
        if (budget.compareTo(Duration.ofMillis(1)) < 0) {
            return evaluationFailure(
                    "only " + left.toMillis() + " ms of the evaluation are left, too few to ask");
        }
        if (inFlight.incrementAndGet() > bound) {
            inFlight.decrementAndGet();
            refused.increment();
            return sendFailure("no available capacity, " + bound + " questions are in flight");
        }
        // The answering side gives up first: its reason is better than our silence.
        Duration patience = budget.plus(reserve.dividedBy(4));
        var reply = new CompletableFuture<Message<Answer>>();
        long ask = asks.incrementAndGet();
        waiting.put(ask, reply);
        var asked = new Asked(question, Deadline.in(budget));
        context.runOnContext(_ -> send(ask, asked, patience));
        if (closed) {
            return sendFailure(CLOSED);
        }
        return await(reply, patience);
    }

    private void send(long ask, Asked asked, Duration patience) {
        Future<Message<Answer>> request;
        try {
            request =
                    vertx.eventBus()
                            .request(
                                    asked.question().address(),
                                    asked,
                                    PassThroughCodec.options().setSendTimeout(patience.toMillis()));
        } catch (RuntimeException unsent) {
            request = Future.failedFuture(unsent);
        }
        request.onComplete(answer -> arrive(ask, answer));
    }

    private void arrive(long ask, AsyncResult<Message<Answer>> answer) {
        inFlight.decrementAndGet();
        CompletableFuture<Message<Answer>> reply = waiting.remove(ask);
        if (reply == null) {
            return;
        }
        if (answer.succeeded()) {
            reply.complete(answer.result());
        } else {
            reply.completeExceptionally(answer.cause());
        }
    }

    /** Replies no longer arrive from here on: whoever waits for one is told. */
    @Override
    public Future<?> stop() {
        closed = true;
        var gone = new ReplyException(ReplyFailure.RECIPIENT_FAILURE, CLOSED);
        waiting.values().forEach(reply -> reply.completeExceptionally(gone));
        return Future.succeededFuture();
    }

    private static HostAnswer await(CompletableFuture<Message<Answer>> reply, Duration patience)
            throws InterruptedException {
        try {
            return switch (reply.get(patience.toNanos(), TimeUnit.NANOSECONDS).body()) {
                case Answer.Found(byte[] json) -> new HostAnswer.Success(json);
                case Answer.Failed(String reason) -> evaluationFailure(reason);
            };
        } catch (TimeoutException late) {
            return evaluationFailure("no answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException failed) {
            return failure(Objects.requireNonNullElse(failed.getCause(), failed), patience);
        }
    }

    private static HostAnswer failure(Throwable cause, Duration patience) {
        if (!(cause instanceof ReplyException reply)) {
            return sendFailure(String.valueOf(cause.getMessage()));
        }
        return switch (reply.failureType()) {
            case TIMEOUT -> evaluationFailure("no answer within " + patience.toMillis() + " ms");
            case NO_HANDLERS -> sendFailure("no one answers this capability");
            case RECIPIENT_FAILURE, ERROR -> {
                LOG.error("A question of a guest broke its answerer: {}", reply.getMessage());
                yield new HostAnswer.Failure(NO_ANSWER);
            }
        };
    }

    private static HostAnswer evaluationFailure(String reason) {
        return new HostAnswer.Failure(EVALUATION_FAILURE + reason);
    }

    private static HostAnswer sendFailure(String reason) {
        return new HostAnswer.Failure("Error sending request over callback channel: " + reason);
    }

    int inFlight() {
        return inFlight.get();
    }

    int bound() {
        return bound;
    }

    long refused() {
        return refused.sum();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? b : a;
    }
}
