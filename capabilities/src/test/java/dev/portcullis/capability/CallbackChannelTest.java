package dev.portcullis.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.capability.question.Answer;
import dev.portcullis.capability.question.Asked;
import dev.portcullis.capability.question.PassThroughCodec;
import dev.portcullis.capability.question.Question;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.junit5.VertxExtension;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
final class CallbackChannelTest {
    private static final Question QUESTION = new Question.CanI("me", List.of(), Map.of(), true);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CallbackChannel channel = new CallbackChannel(2, Duration.ofMinutes(1));
    private Vertx vertx;

    @BeforeEach
    void deploy(Vertx vertx) {
        this.vertx = vertx;
        vertx.deployVerticle(channel).await();
    }

    private void answerWith(Handler<Message<Asked>> answerer) {
        vertx.eventBus().localConsumer(QUESTION.address(), answerer).completion().await();
    }

    private static void reply(Message<Asked> message, String text) {
        message.reply(
                new Answer.Found(text.getBytes(StandardCharsets.UTF_8)),
                PassThroughCodec.options());
    }

    private String ask(Duration time) throws InterruptedException {
        return switch (channel.ask(QUESTION, Deadline.in(time))) {
            case HostAnswer.Success(byte[] json) -> new String(json, StandardCharsets.UTF_8);
            case HostAnswer.Failure(String message) -> message;
        };
    }

    @Test
    void anAnswerComesBack() throws Exception {
        answerWith(message -> reply(message, "{}"));

        assertThat(ask(LONG)).isEqualTo("{}");
        assertThat(channel.inFlight()).isZero();
    }

    @Test
    void aFailureCarriesItsReason() throws Exception {
        answerWith(message -> message.reply(new Answer.Failed("a: b"), PassThroughCodec.options()));

        assertThat(ask(LONG)).isEqualTo("Callback evaluation failure: a: b");
    }

    @Test
    void whereNoOneAnswersTheGuestHearsSoAtOnce() throws Exception {
        assertThat(ask(LONG))
                .isEqualTo(
                        "Error sending request over callback channel: no one answers this"
                                + " capability");
    }

    @Test
    void anAnswererThatBreaksIsReported() throws Exception {
        answerWith(message -> message.fail(1, "java.lang.Error: broken"));

        try (var log = new LogCapture(CallbackChannel.class.getName())) {
            assertThat(ask(LONG)).isEqualTo("Error obtaining response over callback channel");
            assertThat(log.lines()).singleElement().asString().contains("broken");
        }
    }

    @Test
    void silenceEndsBeforeTheDeadline() throws Exception {
        answerWith(_ -> {});

        String answer = ask(Duration.ofMillis(600));

        Matcher patience =
                Pattern.compile("Callback evaluation failure: no answer within (\\d+) ms")
                        .matcher(answer);
        assertThat(patience.matches()).as(answer).isTrue();
        assertThat(Integer.parseInt(patience.group(1))).isLessThan(600);
        await().until(() -> channel.inFlight() == 0);
    }

    @Test
    void theAnswererIsToldToAnswerWellBeforeTheDeadline() throws Exception {
        var seen = new AtomicReference<Deadline>();
        answerWith(message -> {
            seen.set(message.body().deadline());
            reply(message, "{}");
        });
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));

        channel.ask(QUESTION, deadline);

        assertThat(Duration.ofNanos(deadline.nanoTime() - seen.get().nanoTime()))
                .isBetween(Duration.ofMillis(500), Duration.ofMillis(1_000));
    }

    @Test
    void anEvaluationWithoutDeadlineDoesNotWaitForEver() throws Exception {
        var seen = new AtomicReference<Duration>();
        answerWith(message -> {
            seen.set(message.body().deadline().remaining());
            reply(message, "{}");
        });

        channel.ask(QUESTION, Deadline.none());

        assertThat(seen.get()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void withTooLittleTimeLeftNothingIsAsked() throws Exception {
        answerWith(message -> reply(message, "{}"));

        assertThat(ask(Duration.ofMillis(30)))
                .startsWith("Callback evaluation failure: only ")
                .endsWith(" ms of the evaluation are left, too few to ask");
        assertThat(ask(Duration.ZERO)).startsWith("Callback evaluation failure: only 0 ms");
    }

    @Test
    void questionsBeyondTheBoundFailAtOnceAndAreCounted() throws Exception {
        var held = new CopyOnWriteArrayList<Message<Asked>>();
        answerWith(held::add);
        var guests =
                List.of(
                        CompletableFuture.supplyAsync(this::askQuietly),
                        CompletableFuture.supplyAsync(this::askQuietly));
        await().until(() -> held.size() == 2);

        assertThat(ask(LONG))
                .isEqualTo(
                        "Error sending request over callback channel: no available capacity, 2"
                                + " questions are in flight");
        assertThat(channel.refused()).isEqualTo(1);

        held.forEach(message -> reply(message, "late"));
        assertThat(guests).allSatisfy(guest -> assertThat(guest.join()).isEqualTo("late"));
        assertThat(channel.inFlight()).isZero();
    }

    private String askQuietly() {
        try {
            return ask(LONG);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void aParkedGuestCanBeInterrupted() throws Exception {
        var held = new CopyOnWriteArrayList<Message<Asked>>();
        answerWith(held::add);
        var outcome = new CompletableFuture<String>();
        Thread guest =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                outcome.complete(ask(LONG));
                            } catch (InterruptedException interrupted) {
                                outcome.complete("interrupted");
                            }
                        });
        await().until(() -> !held.isEmpty());

        guest.interrupt();

        assertThat(outcome.join()).isEqualTo("interrupted");
    }

    @ParameterizedTest
    @EnumSource(names = {"VIRTUAL_THREAD", "WORKER"})
    void aGuestMayBeParkedOnAThreadOfVertxItself(ThreadingModel threads) {
        answerWith(message -> reply(message, "{}"));
        var outcome = new CompletableFuture<String>();

        vertx.deployVerticle(
                        new VerticleBase() {
                            @Override
                            public Future<?> start() {
                                context.runOnContext(_ -> outcome.complete(askQuietly()));
                                return Future.succeededFuture();
                            }
                        },
                        new DeploymentOptions().setThreadingModel(threads))
                .await();

        assertThat(outcome.join()).isEqualTo("{}");
    }
}
