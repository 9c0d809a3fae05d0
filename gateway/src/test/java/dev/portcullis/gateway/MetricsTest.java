package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.telemetry.FakeCollector;
import dev.portcullis.gateway.telemetry.Telemetry;
import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The instruments of policy-server §20, scraped and pushed. */
class MetricsTest {
    private static final List<Policy> POLICIES =
            List.of(
                    FakePolicies.policy("yes", FakeModule.answering(FakeModule.accept())),
                    FakePolicies.policy(
                            "watched",
                            "policyMode: monitor",
                            FakeModule.answering(FakeModule.reject("no!"))),
                    FakePolicies.policy(
                            "fails",
                            FakeModule.answering(
                                    new Evaluation.Failed(FailureReason.TRAP, "policy trapped"))),
                    FakePolicies.policy(
                            "throws",
                            new FakeModule((payload, context) -> {
                                throw new IllegalStateException("bug");
                            })),
                    new Policy.Broken("broken", "file:///b", "bootstrap failure: broken", false));

    private static final String CREATE =
            "resource_kind=\"Pod\",resource_namespace=\"default\",resource_request_operation=\"CREATE\"";

    private static String scrape(RunningGateway gateway) throws Exception {
        HttpResponse<String> response = gateway.getOnReadinessPort("/metrics");
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    private static List<String> evaluations(RunningGateway gateway) throws Exception {
        return scrape(gateway)
                .lines()
                .filter(line -> line.startsWith("kubewarden_policy_evaluations_total{"))
                .toList();
    }

    @Test
    void everyAnswerOfAPolicyIsCountedWithItsAttributes() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            gateway.post("/validate/yes", Reviews.create("1"));
            gateway.post("/validate/yes", Reviews.create("2"));
            gateway.post("/audit/yes", Reviews.create("3"));
            gateway.post("/validate_raw/yes", "{\"request\": {}}");
            assertThat(evaluations(gateway))
                    .containsExactlyInAnyOrder(
                            "kubewarden_policy_evaluations_total{accepted=\"true\",mutated=\"false\",policy_mode=\"protect\",policy_name=\"yes\",request_origin=\"validate\","
                                    + CREATE
                                    + "} 2.0",
                            "kubewarden_policy_evaluations_total{accepted=\"true\",mutated=\"false\",policy_mode=\"protect\",policy_name=\"yes\",request_origin=\"audit\","
                                    + CREATE
                                    + "} 1.0",
                            "kubewarden_policy_evaluations_total{accepted=\"true\",mutated=\"false\",policy_mode=\"protect\",policy_name=\"yes\"}"
                                    + " 1.0");
        }
    }

    @Test
    void thePolicysOwnAnswerCountsNotTheOneOfItsMode() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            gateway.post("/validate/watched", Reviews.create("1"));
            assertThat(evaluations(gateway))
                    .singleElement()
                    .asString()
                    .contains("accepted=\"false\"", "policy_mode=\"monitor\"");
        }
    }

    @Test
    void aFailureHasItsCodeAndAnInitializationErrorItsMessage() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            gateway.post("/validate/fails", Reviews.create("1"));
            gateway.post("/validate/broken", Reviews.create("1"));
            assertThat(evaluations(gateway))
                    .anyMatch(line -> line.contains("error_code=\"500\""))
                    .contains(
                            "kubewarden_policy_evaluations_total{initialization_error=\"bootstrap"
                                    + " failure: broken\",policy_name=\"broken\"} 1.0");
            assertThat(scrape(gateway).lines())
                    .as("an initialization error has no latency")
                    .filteredOn(line ->
                            line.startsWith(
                                    "kubewarden_policy_evaluation_latency_milliseconds_count"))
                    .hasSize(1);
        }
    }

    @Test
    void whatNoPolicyAnsweredIsNotCounted() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            gateway.post("/validate/unknown", Reviews.create("1"));
            gateway.post("/validate/throws", Reviews.create("1"));
            gateway.post("/validate/yes", "{}");
            assertThat(evaluations(gateway)).isEmpty();
        }
    }

    @Test
    void aRequestThatIsAcceptedUnseenIsCounted() throws Exception {
        try (var gateway =
                RunningGateway.serving(
                        POLICIES, "--always-accept-admission-reviews-on-namespace", "default")) {
            gateway.post("/validate/fails", Reviews.create("1"));
            assertThat(evaluations(gateway))
                    .singleElement()
                    .asString()
                    .contains("accepted=\"true\"", "policy_name=\"fails\"");
        }
    }

    @Test
    void latencyHasTheBucketsThatDashboardsKnow() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            gateway.post("/validate/yes", Reviews.create("1"));
            assertThat(scrape(gateway).lines())
                    .filteredOn(line ->
                            line.startsWith(
                                    "kubewarden_policy_evaluation_latency_milliseconds_bucket"))
                    .extracting(line -> line.replaceAll(".*le=\"([^\"]*)\".*", "$1"))
                    .containsExactly(
                            "0.0", "5.0", "10.0", "25.0", "50.0", "75.0", "100.0", "250.0", "500.0",
                            "750.0", "1000.0", "2500.0", "5000.0", "7500.0", "10000.0", "+Inf");
        }
    }

    @Test
    void boundsAreShownBesideWhatIsUsedOfThem() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES, "--workers", "3")) {
            assertThat(scrape(gateway).lines())
                    .contains(
                            "portcullis_workers_busy 0.0",
                            "portcullis_workers_limit 3.0",
                            "portcullis_evaluations_in_flight{lane=\"admission\"} 0.0",
                            "portcullis_evaluations_limit{lane=\"admission\"} 4096.0",
                            "portcullis_evaluations_limit{lane=\"audit\"} 2048.0",
                            "portcullis_policies_broken 1.0",
                            "portcullis_policy_start_level{policy_name=\"yes\",start_level=\"plain\"}"
                                    + " 1.0");
        }
    }

    @Test
    void theScraperChoosesTheForm() throws Exception {
        try (var gateway = RunningGateway.serving(POLICIES)) {
            HttpResponse<String> text = gateway.getOnReadinessPort("/metrics");
            assertThat(text.headers().firstValue("content-type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            HttpRequest open =
                    HttpRequest.newBuilder(text.uri())
                            .header("accept", "application/openmetrics-text; version=1.0.0")
                            .build();
            HttpResponse<String> openMetrics = gateway.send(open);
            assertThat(openMetrics.headers().firstValue("content-type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(openMetrics.body()).endsWith("# EOF\n");
            HttpRequest post =
                    HttpRequest.newBuilder(text.uri())
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            assertThat(gateway.send(post).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void measurementsArePushedWithScopeTypesAndServiceName() throws Exception {
        try (FakeCollector collector = new FakeCollector();
                var gateway =
                        RunningGateway.serving(
                                POLICIES, collector.environment(), "--enable-metrics")) {
            gateway.post("/validate/fails", Reviews.create("1"));
            await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> pushed(collector, "kubewarden_policy_evaluations_total"),
                            Optional::isPresent);
            Metric counter = pushed(collector, "kubewarden_policy_evaluations_total").orElseThrow();
            assertThat(counter.getSum().getIsMonotonic()).isTrue();
            assertThat(counter.getSum().getAggregationTemporality())
                    .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
            assertThat(counter.getUnit() + counter.getDescription()).isEmpty();
            List<KeyValue> attributes = counter.getSum().getDataPoints(0).getAttributesList();
            assertThat(attributes)
                    .filteredOn(each -> each.getKey().equals("accepted"))
                    .allMatch(each -> each.getValue().hasBoolValue())
                    .hasSize(1);
            assertThat(attributes)
                    .filteredOn(each -> each.getKey().equals("error_code"))
                    .allMatch(each -> each.getValue().getIntValue() == 500)
                    .hasSize(1);
            Metric latency =
                    pushed(collector, "kubewarden_policy_evaluation_latency_milliseconds")
                            .orElseThrow();
            assertThat(latency.getHistogram().getDataPoints(0).getCount()).isEqualTo(1);
            assertThat(collector.headers()).contains("x-tenant: blue");
            assertThat(collector.metrics().getFirst().getResourceMetrics(0).getResource())
                    .asString()
                    .contains("service.name", "kubewarden-policy-server");
        }
    }

    private static Optional<Metric> pushed(FakeCollector collector, String name) {
        return collector.metrics().stream()
                .flatMap(push -> push.getResourceMetricsList().stream())
                .map(ResourceMetrics::getScopeMetricsList)
                .flatMap(List::stream)
                .filter(scope -> scope.getScope().getName().equals("kubewarden"))
                .map(ScopeMetrics::getMetricsList)
                .flatMap(List::stream)
                .filter(metric -> metric.getName().equals(name))
                .findFirst();
    }

    @Test
    void nothingIsPushedUnlessWanted() throws Exception {
        try (FakeCollector collector = new FakeCollector()) {
            Map<String, String> environment = new HashMap<>(collector.environment());
            environment.put("OTEL_METRICS_EXPORTER", "otlp");
            try (Telemetry telemetry = Telemetry.start(false, false, environment)) {
                telemetry.meter().counterBuilder("x").build().add(1);
            }
            assertThat(collector.metrics()).isEmpty();
        }
    }

    @Test
    void whatIsMeasuredLastIsPushedBeforeTheEnd() {
        try (FakeCollector collector = new FakeCollector()) {
            Map<String, String> environment = new HashMap<>(collector.environment());
            environment.put("OTEL_METRIC_EXPORT_INTERVAL", "3600000");
            try (Telemetry telemetry = Telemetry.start(true, false, environment)) {
                telemetry.meter().counterBuilder("last").build().add(1);
            }
            assertThat(pushed(collector, "last")).isPresent();
        }
    }

    @Test
    void aVariableThatMakesNoSenseIsNamed() {
        assertThatThrownBy(() ->
                        Telemetry.start(
                                true, false, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "nowhere")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() ->
                        Telemetry.start(
                                true,
                                false,
                                Map.of("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "/none.pem")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/none.pem");
    }
}
