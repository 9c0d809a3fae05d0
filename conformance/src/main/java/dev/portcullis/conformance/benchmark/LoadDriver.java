package dev.portcullis.conformance.benchmark;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends {@link Load}s to one server over HTTP/1.1 connections that stay open, and checks every
 * answer.
 *
 * <p>All sending, receiving and counting is done by a single event loop, so the driver takes at
 * most one core from the server it measures, and needs no locks.
 */
final class LoadDriver implements AutoCloseable {
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int EXAMPLES = 5;
    private static final int ALONE_SHARE = 10;

    /** A fixed rate is kept by looking every millisecond for what is due. */
    private static final long TICK_MILLIS = 1;

    private final Vertx vertx =
            Vertx.vertx(
                    new VertxOptions()
                            .setEventLoopPoolSize(1)
                            .setWorkerPoolSize(1)
                            .setInternalBlockingPoolSize(1));
    private final URI server;
    private final @Nullable Path authority;
    private long nextNumber;

    /**
     * A driver for a server.
     *
     * @param server {@code http} or {@code https}, host and port; a path is not looked at
     * @param authority a PEM file with whom to trust for {@code https}; the JDK's own choice
     *     without
     */
    LoadDriver(URI server, @Nullable Path authority) {
        this.server = server;
        this.authority = authority;
    }

    /**
     * Sends a load and returns when the last answer has come or is given up.
     *
     * @throws BenchmarkException when it does not end, or the caller is interrupted
     */
    LoadResult run(Load load) {
        var first = nextNumber;
        nextNumber += load.requests();
        return onEventLoop(
                load.connections(), client -> new Run(client, load, first).start(), LONGEST);
    }

    /**
     * Sends requests that are not measured: the first tenth over a single connection, since a
     * server that has compiled nothing yet would only queue them, and the rest over all. Returns
     * the slowest answer, {@link Duration#ZERO} when nothing was sent.
     *
     * @throws BenchmarkException when an answer is wrong; that counts here as anywhere
     */
    Duration warmUp(List<ReviewCase> cases, int requests, int connections) {
        int alone = Math.min(requests, Math.max(1, requests / ALONE_SHARE));
        var slowest = Duration.ZERO;
        if (alone > 0) {
            slowest = slowest(new Load(cases, alone, 1, new Pace.AsFastAsPossible()), slowest);
        }
        if (requests > alone) {
            var rest = new Load(cases, requests - alone, connections, new Pace.AsFastAsPossible());
            slowest = slowest(rest, slowest);
        }
        return slowest;
    }

    private Duration slowest(Load load, Duration soFar) {
        var longest = run(load).allRight().percentile(100);
        return longest.compareTo(soFar) > 0 ? longest : soFar;
    }

    /** Sends one request and returns what came back, whatever it is. */
    Answer ask(String path, ReviewTemplate review) {
        var number = nextNumber++;
        return onEventLoop(1, client -> send(client, path, review.body(number)), ANSWER_BOUND);
    }

    /**
     * Runs an action on the event loop: a response that is looked at from another thread may have
     * lost its body before.
     */
    private <T> T onEventLoop(
            int connections, Function<HttpClient, Future<T>> action, Duration bound) {
        Promise<T> result = Promise.promise();
        vertx.getOrCreateContext()
                .runOnContext(_ -> {
                    var client = client(connections);
                    action.apply(client)
                            .onComplete(done -> {
                                client.close();
                                result.handle(done);
                            });
                });
        return await(result.future(), bound);
    }

    @Override
    public void close() {
        await(vertx.close(), ANSWER_BOUND);
    }

    /** An answer as it came. */
    record Answer(int status, Buffer body) {}

    private HttpClient client(int connections) {
        var options =
                new HttpClientOptions()
                        .setDefaultHost(server.getHost())
                        .setDefaultPort(portOf(server))
                        .setSsl(server.getScheme().equals("https"))
                        .setKeepAliveTimeout(0)
                        .setPipelining(false);
        if (authority != null) {
            options.setTrustOptions(new PemTrustOptions().addCertPath(authority.toString()));
        }
        return vertx.createHttpClient(
                options, new PoolOptions().setHttp1MaxSize(connections).setEventLoopSize(0));
    }

    private static int portOf(URI server) {
        if (server.getPort() > 0) {
            return server.getPort();
        }
        return server.getScheme().equals("https") ? 443 : 80;
    }

    private static Future<Answer> send(HttpClient client, String path, Buffer body) {
        return client.request(HttpMethod.POST, path)
                .compose(request ->
                        request.putHeader("Content-Type", "application/json")
                                .idleTimeout(ANSWER_BOUND.toMillis())
                                .send(body))
                .compose(response ->
                        response.body().map(content -> new Answer(response.statusCode(), content)));
    }

    private static <T> T await(Future<T> future, Duration bound) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new BenchmarkException("interrupted", interrupted);
        } catch (ExecutionException failure) {
            var cause = Optional.ofNullable(failure.getCause()).orElse(failure);
            throw new BenchmarkException("the load can not be sent: " + cause, cause);
        } catch (TimeoutException late) {
            throw new BenchmarkException("no end after " + bound, late);
        }
    }

    /** One load on its way. Lives on the event loop. */
    private final class Run {
        private final HttpClient client;
        private final Load load;
        private final long firstNumber;
        private final Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
        private final List<String> examples = new ArrayList<>();
        private final Promise<LoadResult> result = Promise.promise();
        private long started;
        private int sent;
        private int answered;
        private long wrong;

        Run(HttpClient client, Load load, long firstNumber) {
            this.client = client;
            this.load = load;
            this.firstNumber = firstNumber;
        }

        Future<LoadResult> start() {
            started = System.nanoTime();
            switch (load.pace()) {
                case Pace.AsFastAsPossible() -> {
                    int atOnce = Math.min(load.connections(), load.requests());
                    for (int i = 0; i < atOnce; i++) {
                        sendNext(System.nanoTime(), true);
                    }
                }
                case Pace.FixedRate(var rate) -> {
                    vertx.setPeriodic(
                            TICK_MILLIS,
                            timer -> {
                                sendDue(1e9 / rate);
                                if (sent == load.requests()) {
                                    vertx.cancelTimer(timer);
                                }
                            });
                }
            }
            return result.future();
        }

        private void sendDue(double nanosApart) {
            var elapsed = System.nanoTime() - started;
            while (sent < load.requests() && sent * nanosApart <= elapsed) {
                sendNext(started + (long) (sent * nanosApart), false);
            }
        }

        private void sendNext(long appointed, boolean chained) {
            var number = firstNumber + sent;
            var target = load.cases().get(sent % load.cases().size());
            sent++;
            send(client, target.path(), target.review().body(number))
                    .onComplete(done -> {
                        latencies.recordValue(System.nanoTime() - appointed);
                        var complaint =
                                done.succeeded()
                                        ? target.expectation()
                                                .mismatch(
                                                        number,
                                                        done.result().status(),
                                                        done.result().body())
                                        : Optional.of("no answer: " + done.cause());
                        complaint.ifPresent(text -> complain(target, number, text));
                        answered++;
                        if (answered == load.requests()) {
                            finish();
                        } else if (chained && sent < load.requests()) {
                            sendNext(System.nanoTime(), true);
                        }
                    });
        }

        private void complain(ReviewCase target, long number, String text) {
            wrong++;
            if (examples.size() < EXAMPLES) {
                examples.add(target.name() + ", request " + number + ": " + text);
            }
        }

        private void finish() {
            var wall = Duration.ofNanos(System.nanoTime() - started);
            result.complete(new LoadResult(latencies, wall, wrong, examples));
        }
    }
}
