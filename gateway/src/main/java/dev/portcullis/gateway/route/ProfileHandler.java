package dev.portcullis.gateway.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.portcullis.gateway.profile.ProfileException;
import dev.portcullis.gateway.profile.Profiler;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code GET /debug/pprof/cpu} and {@code /debug/pprof/heap} (policy-server §22). Each profile is
 * made on a virtual thread.
 */
final class ProfileHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileHandler.class);
    private static final String CPU = "/debug/pprof/cpu";
    private static final String HEAP = "/debug/pprof/heap";
    private static final int FREQUENCY = 99;
    private static final int SECONDS = 30;

    private ProfileHandler() {}

    static void mount(Router router) {
        router.get(CPU).handler(ProfileHandler::cpu);
        router.route(CPU).handler(context -> GatewayVerticle.notAllowed(context, "GET"));
        router.get(HEAP).handler(ProfileHandler::heap);
        router.route(HEAP).handler(context -> GatewayVerticle.notAllowed(context, "GET"));
    }

    private static void cpu(RoutingContext context) {
        int frequency;
        int seconds;
        try {
            frequency = number(context, "frequency", FREQUENCY, Profiler.HIGHEST_FREQUENCY);
            seconds = number(context, "interval", SECONDS, Profiler.LONGEST_INTERVAL);
        } catch (IllegalArgumentException e) {
            Answer.error(context, 400, String.valueOf(e.getMessage()));
            return;
        }
        answer(
                context,
                "cpu_profile.jfr",
                () -> Profiler.cpu(frequency, Duration.ofSeconds(seconds)));
    }

    private static void heap(RoutingContext context) {
        answer(context, "heap_histogram.txt", () -> Profiler.heap().getBytes(UTF_8));
    }

    private static int number(RoutingContext context, String name, int fallback, int most) {
        List<String> given = context.queryParam(name);
        if (given.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(given.getFirst());
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, in the same words as for a number out of range.
        }
        throw new IllegalArgumentException(name + " must be a number from 1 to " + most);
    }

    /** Makes a profile. */
    @FunctionalInterface
    private interface Maker {
        byte[] make() throws ProfileException, InterruptedException;
    }

    private static void answer(RoutingContext context, String file, Maker maker) {
        Context loop = context.vertx().getOrCreateContext();
        Thread.ofVirtual()
                .name("profile " + file)
                .start(() -> {
                    try {
                        Buffer profile = Buffer.buffer(maker.make());
                        loop.runOnContext(now -> Answer.file(context, file, profile));
                    } catch (ProfileException e) {
                        LOG.warn("no profile: {}", e.getMessage());
                        loop.runOnContext(
                                now -> Answer.error(context, 500, String.valueOf(e.getMessage())));
                    } catch (InterruptedException e) {
                        loop.runOnContext(now -> Answer.error(context, 500, Answer.BROKEN));
                    }
                });
    }
}
