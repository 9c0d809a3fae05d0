package dev.portcullis.gateway.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.FakeModule;
import dev.portcullis.gateway.FakePolicies;
import dev.portcullis.gateway.Reviews;
import dev.portcullis.gateway.policy.PolicyTimeout;
import dev.portcullis.gateway.review.ReviewReader;
import dev.portcullis.gateway.verdict.Origin;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.GuestLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bounds, lanes, and one outcome for every task. */
class EvaluatorVerticleTest {
    private final Vertx vertx = Vertx.vertx();

    @BeforeEach
    void register() {
        Evaluators.register(vertx);
    }

    @AfterEach
    void close() {
        done(vertx.close());
    }

    private void deploy(int workers, int maxEvaluations) {
        done(
                vertx.deployVerticle(
                        new EvaluatorVerticle(workers, maxEvaluations, GuestLimits.DEFAULT)));
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private Future<Outcome> evaluate(FakeModule.Judge judge, Origin origin) throws Exception {
        return Evaluators.of(vertx)
                .evaluate(
                        new Task(
                                FakePolicies.policy("p", new FakeModule(judge)),
                                ReviewReader.admission(Reviews.create("u").getBytes(UTF_8)),
                                origin,
                                Deadline.none(),
                                new PolicyTimeout(null)));
    }

    @Test
    void anErrorIsAnOutcomeToo() throws Exception {
        deploy(1, 1);
        FakeModule.Judge fails =
                (payload, context) -> {
                    throw new OutOfMemoryError("pretended");
                };
        assertThat(done(evaluate(fails, Origin.VALIDATE))).isEqualTo(new Outcome.Broken());
        assertThat(done(evaluate(fails, Origin.VALIDATE)))
                .as("the place is free again")
                .isEqualTo(new Outcome.Broken());
    }

    @Test
    void oneEvaluationTooManyIsRefusedAtOnce() throws Exception {
        deploy(1, 2);
        CountDownLatch goOn = new CountDownLatch(1);
        FakeModule.Judge waits =
                (payload, context) -> {
                    goOn.await();
                    return FakeModule.accept();
                };
        Future<Outcome> first = evaluate(waits, Origin.VALIDATE);
        Future<Outcome> second = evaluate(waits, Origin.VALIDATE);
        assertThat(done(evaluate(waits, Origin.VALIDATE))).isEqualTo(new Outcome.Overloaded(2));
        goOn.countDown();
        assertThat(done(first)).isInstanceOf(Outcome.Decided.class);
        assertThat(done(second)).isInstanceOf(Outcome.Decided.class);
        assertThat(done(evaluate(waits, Origin.VALIDATE))).isInstanceOf(Outcome.Decided.class);
    }

    @Test
    void onlyAsManyGuestsComputeAsThereAreWorkers() throws Exception {
        deploy(3, 100);
        AtomicInteger computing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        FakeModule.Judge counts =
                (payload, context) -> {
                    context.permits().acquire();
                    most.accumulateAndGet(computing.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(100_000);
                    computing.decrementAndGet();
                    context.permits().release();
                    return FakeModule.accept();
                };
        List<Future<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            outcomes.add(evaluate(counts, Origin.VALIDATE));
        }
        for (Future<Outcome> outcome : outcomes) {
            assertThat(done(outcome)).isInstanceOf(Outcome.Decided.class);
        }
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void auditCannotStarveAdmission() throws Exception {
        deploy(2, 8);
        Semaphore computing = new Semaphore(0);
        CountDownLatch goOn = new CountDownLatch(1);
        FakeModule.Judge holds =
                (payload, context) -> {
                    context.permits().acquire();
                    computing.release();
                    goOn.await();
                    context.permits().release();
                    return FakeModule.accept();
                };
        List<Future<Outcome>> audits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            audits.add(evaluate(holds, Origin.AUDIT));
        }
        computing.acquire();
        assertThat(done(evaluate(holds, Origin.AUDIT)))
                .as("audit has half of the places")
                .isEqualTo(new Outcome.Overloaded(4));
        Outcome admission =
                done(
                        evaluate(
                                (payload, context) -> {
                                    context.permits().acquire();
                                    context.permits().release();
                                    return FakeModule.accept();
                                },
                                Origin.VALIDATE));
        assertThat(admission).isInstanceOf(Outcome.Decided.class);
        assertThat(computing.availablePermits()).as("one audit computes, no more").isZero();
        goOn.countDown();
        for (Future<Outcome> audit : audits) {
            assertThat(done(audit)).isInstanceOf(Outcome.Decided.class);
        }
    }

    @Test
    void anInterruptedWaitGivesBackWhatItHad() throws Exception {
        WorkerPermits permits = new WorkerPermits(1);
        permits.admission().acquire();
        AtomicInteger interrupted = new AtomicInteger();
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                permits.audit().acquire();
                            } catch (InterruptedException e) {
                                interrupted.incrementAndGet();
                            }
                        });
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        waiting.interrupt();
        waiting.join();
        assertThat(interrupted.get()).isEqualTo(1);
        permits.admission().release();
        permits.audit().acquire();
        permits.audit().release();
    }

    @Test
    void evaluationsRunOnVirtualThreads() throws Exception {
        deploy(1, 1);
        AtomicInteger virtual = new AtomicInteger();
        done(
                evaluate(
                        (payload, context) -> {
                            virtual.set(Thread.currentThread().isVirtual() ? 1 : 0);
                            return FakeModule.accept();
                        },
                        Origin.VALIDATE));
        assertThat(virtual.get()).isEqualTo(1);
    }
}
