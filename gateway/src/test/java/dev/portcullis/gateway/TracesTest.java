package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.log.Logging;
import dev.portcullis.gateway.option.LogOptions;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.telemetry.FakeCollector;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The spans of policy-server §21, as a collector receives them. */
class TracesTest {
    private static final String SECRET = "do not show this";
    private static final List<Policy> POLICIES =
            List.of(
                    FakePolicies.policy("yes", FakeModule.answering(FakeModule.accept())),
                    FakePolicies.policy(
                            "no",
                            "settings: {password: '" + SECRET + "'}",
                            FakeModule.answering(FakeModule.reject("no!"))),
                    FakePolicies.policy(
                            "talks",
                            new FakeModule((payload, context) -> {
                                LoggerFactory.getLogger("policy_log")
                                        .atInfo()
                                        .addKeyValue("data", "{\"a\":1}")
                                        .log("I think");
                                return FakeModule.accept();
                            })));

    private FakeCollector collector;
    private RunningGateway gateway;

    TracesTest() throws Exception {
        collector = new FakeCollector();
        Map<String, String> environment = new HashMap<>(collector.environment());
        environment.put("HOSTNAME", "pod-1");
        gateway = RunningGateway.serving(POLICIES, environment, "--log-fmt", "otlp");
    }

    @BeforeEach
    void logAsAnOperatorWould() {
        Logging.configure(RunningGateway.options("--log-fmt", "otlp").log());
    }

    @AfterEach
    void stop() {
        gateway.close();
        collector.close();
        Logging.configure(new LogOptions(LogOptions.Level.INFO, LogOptions.Format.TEXT, false));
    }

    private Span span(String name) {
        return await().atMost(Duration.ofSeconds(30))
                .until(() -> find(name), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<Span> find(String name) {
        return collector.traces().stream()
                .flatMap(push -> push.getResourceSpansList().stream())
                .map(ResourceSpans::getScopeSpansList)
                .flatMap(List::stream)
                .filter(scope -> scope.getScope().getName().equals("kubewarden-policy-server"))
                .map(ScopeSpans::getSpansList)
                .flatMap(List::stream)
                .filter(span -> span.getName().equals(name))
                .findFirst();
    }

    private static Map<String, Object> fields(List<KeyValue> attributes) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (KeyValue attribute : attributes) {
            AnyValue value = attribute.getValue();
            fields.put(
                    attribute.getKey(),
                    switch (value.getValueCase()) {
                        case BOOL_VALUE -> value.getBoolValue();
                        case INT_VALUE -> value.getIntValue();
                        default -> value.getStringValue();
                    });
        }
        return fields;
    }

    @Test
    void aReviewLeavesASpanWithWhatWasAskedAndAnswered() throws Exception {
        gateway.post("/validate/no?timeout=9s", Reviews.create("u-1"));
        Span request = span("request");
        assertThat(fields(request.getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "method", "POST",
                                "uri", "/validate/no?timeout=9s",
                                "version", "HTTP/1.1"));
        assertThat(request.getParentSpanId().isEmpty()).isTrue();
        assertThat(request.getEventsList())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getName()).isEqualTo("finished processing request");
                    assertThat(fields(event.getAttributesList()))
                            .containsEntry("status", 200L)
                            .containsKey("latency");
                });
        Span validation = span("validation");
        assertThat(validation.getParentSpanId()).isEqualTo(request.getSpanId());
        assertThat(fields(validation.getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("request_uid", "u-1"),
                                Map.entry("host", "pod-1"),
                                Map.entry("policy_id", "no"),
                                Map.entry("name", "nginx"),
                                Map.entry("namespace", "default"),
                                Map.entry("operation", "CREATE"),
                                Map.entry("subresource", ""),
                                Map.entry("kind_group", ""),
                                Map.entry("kind_version", "v1"),
                                Map.entry("kind", "Pod"),
                                Map.entry("resource_group", ""),
                                Map.entry("resource_version", "v1"),
                                Map.entry("resource", "pods"),
                                Map.entry("allowed", false),
                                Map.entry("mutated", false),
                                Map.entry("response_message", "no!")));
        assertThat(span("validate").getParentSpanId()).isEqualTo(validation.getSpanId());
    }

    @Test
    void settingsAreNeverShown() throws Exception {
        gateway.post("/validate/no", Reviews.create("u-1"));
        span("validate");
        span("request");
        assertThat(collector.traces().toString()).doesNotContain(SECRET);
    }

    @Test
    void everyEndpointHasItsName() throws Exception {
        gateway.post("/audit/yes", Reviews.create("u-1"));
        gateway.post("/validate_raw/yes", "{\"request\":{\"uid\":\"u-2\"}}");
        assertThat(fields(span("audit").getAttributesList())).containsEntry("allowed", true);
        assertThat(fields(span("validation_raw").getAttributesList()))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "request_uid", "u-2",
                                "host", "pod-1",
                                "policy_id", "yes",
                                "allowed", true,
                                "mutated", false));
    }

    @Test
    void whatAPolicySaysIsASpanOfItsEvaluation() throws Exception {
        gateway.post("/validate/talks", Reviews.create("u-1"));
        Span said = span("policy_log");
        assertThat(said.getParentSpanId()).isEqualTo(span("validate").getSpanId());
        assertThat(said.getEventsList())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getName()).isEqualTo("I think");
                    assertThat(fields(event.getAttributesList()))
                            .containsEntry("target", "policy_log")
                            .containsEntry("level", "INFO")
                            .containsEntry("data", "{\"a\":1}");
                });
    }

    @Test
    void theServiceIsNamed() throws Exception {
        gateway.post("/validate/yes", Reviews.create("u-1"));
        span("request");
        assertThat(collector.traces().getFirst().getResourceSpans(0).getResource().toString())
                .contains("service.name", "kubewarden-policy-server");
    }
}
