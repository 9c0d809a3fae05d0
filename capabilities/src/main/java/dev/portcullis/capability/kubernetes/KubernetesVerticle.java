package dev.portcullis.capability.kubernetes;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.portcullis.capability.grant.Capability;
import dev.portcullis.capability.question.Answer;
import dev.portcullis.capability.question.Asked;
import dev.portcullis.capability.question.PassThroughCodec;
import dev.portcullis.capability.question.Question;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers questions about the cluster. Deploy on an event loop: each question is answered on a
 * virtual thread of its own, so a slow one holds up nobody.
 *
 * <p>Every question gets a reply or a failure; silence would cost the policy its whole time budget.
 */
public final class KubernetesVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesVerticle.class);
    private static final long SWEEP_MILLISECONDS = 1_000;
    private static final String NO_CLIENT = "kube::Client was not initialized properly";

    private static final String SHUTTING_DOWN = "the Kubernetes capabilities are shutting down";

    private final @Nullable KubernetesAnswers answers;
    private final KubernetesOptions options;
    private final ExecutorService executor =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("kubernetes-question-", 0).factory());
    private long sweeper = -1;

    /**
     * @param connection without one every question fails and says so
     */
    public KubernetesVerticle(
            Optional<KubernetesConnection> connection, KubernetesOptions options) {
        this(connection, options, Ticker.systemTicker());
    }

    KubernetesVerticle(
            Optional<KubernetesConnection> connection, KubernetesOptions options, Ticker ticker) {
        this.options = options;
        this.answers =
                connection.isPresent()
                        ? new KubernetesAnswers(connection.get(), options, ticker)
                        : null;
    }

    @Override
    public Future<?> start() {
        if (answers != null) {
            // Off the event loop: closing a watch may block.
            sweeper = vertx.setPeriodic(SWEEP_MILLISECONDS, _ -> executor.execute(answers::sweep));
        }
        var paths =
                List.of(
                        Capability.KUBERNETES_GET_RESOURCE.path(),
                        Capability.KUBERNETES_LIST_RESOURCES_BY_NAMESPACE.path(),
                        Capability.KUBERNETES_LIST_RESOURCES_ALL.path(),
                        Capability.KUBERNETES_CAN_I.path(),
                        Question.ContextObjects.PATH);
        return Future.all(
                paths.stream()
                        .map(path ->
                                vertx.eventBus()
                                        .<Asked>localConsumer(
                                                Question.addressOf(path), this::accept)
                                        .completion())
                        .toList());
    }

    private void accept(Message<Asked> message) {
        try {
            executor.execute(() -> answer(message));
        } catch (RejectedExecutionException stopping) {
            message.fail(1, SHUTTING_DOWN);
        }
    }

    private void answer(Message<Asked> message) {
        try {
            message.reply(answer(message.body()), PassThroughCodec.options());
        } catch (InterruptedException stopping) {
            message.fail(1, SHUTTING_DOWN);
        } catch (RuntimeException | Error broken) {
            LOG.error("Cannot answer {}", message.body().question().path(), broken);
            message.fail(1, String.valueOf(broken));
        }
    }

    private Answer answer(Asked asked) throws InterruptedException {
        if (answers == null) {
            return new Answer.Failed(NO_CLIENT);
        }
        try {
            return new Answer.Found(answers.answer(asked.question(), asked.deadline()));
        } catch (LookupException failed) {
            String reason = failed.chain();
            LOG.debug("{} failed: {}", asked.question().path(), reason);
            return new Answer.Failed(reason);
        }
    }

    /** How near this verticle is to its bounds. */
    public KubernetesUsage usage() {
        return answers == null
                ? new KubernetesUsage(0, 0, 0, 0, 0, options.watches(), 0)
                : answers.usage();
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(sweeper);
        executor.shutdownNow();
        if (answers == null) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> {
            answers.close();
            return null;
        });
    }
}
