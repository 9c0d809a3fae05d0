package dev.portcullis.host.policy;

import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.conformance.policy.FixturePolicies;
import dev.portcullis.conformance.policy.FixtureUnavailable;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.StartLevel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The fixture policies, loaded once for each way to start, and requests to ask them. */
final class Fixtures {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<StartLevel.Kind, WasmPolicyEngine> ENGINES = new ConcurrentHashMap<>();

    private Fixtures() {}

    /** A policy started as fast as it allows; the test is skipped where it cannot be built. */
    static PolicyModule policy(String name) {
        return policy(name, StartLevel.Kind.INITIALISED);
    }

    static PolicyModule policy(String name, StartLevel.Kind highest) {
        try {
            return ENGINES.computeIfAbsent(highest, level -> new WasmPolicyEngine(4, level))
                    .load(FixturePolicies.inTree().bytes(name));
        } catch (FixtureUnavailable e) {
            if (e.machineLacks()) {
                abort("fixture policy " + name + ": " + e.getMessage());
            }
            throw e;
        } catch (ModuleException e) {
            throw new AssertionError(e);
        }
    }

    static EvaluationContext context(Duration time, HostCalls hostCalls, GuestLimits limits) {
        return new EvaluationContext(
                hostCalls, ComputePermits.UNBOUNDED, limits, Deadline.in(time));
    }

    static EvaluationContext patient() {
        return context(Duration.ofSeconds(60), HostCalls.NONE, GuestLimits.DEFAULT);
    }

    /** A request for {@code misbehaving} with the given settings. */
    static byte[] payload(String uid, Map<String, ?> settings) {
        return json(
                Map.of(
                        "request",
                        Map.of(
                                "uid", uid,
                                "operation", "CREATE",
                                "kind", Map.of("group", "", "version", "v1", "kind", "Pod"),
                                "resource",
                                        Map.of("group", "", "version", "v1", "resource", "pods"),
                                "userInfo", Map.of("username", "alice"),
                                "object",
                                        Map.of(
                                                "apiVersion",
                                                "v1",
                                                "kind",
                                                "Pod",
                                                "metadata",
                                                Map.of("name", uid))),
                        "settings",
                        settings));
    }

    static byte[] json(Object value) {
        try {
            return JSON.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    static String message(Evaluation evaluation) {
        return switch (evaluation) {
            case Evaluation.Answered(var response) -> String.valueOf(response.message());
            case Evaluation.Reviewed(var response) -> String.valueOf(response.status());
            case Evaluation.Failed(var reason, var message) -> reason + ": " + message;
        };
    }
}
