package dev.portcullis.gateway.telemetry;

import dev.portcullis.gateway.trace.Spans;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The one OpenTelemetry SDK of this process (policy-server §20, §21).
 *
 * <p>Measurements can always be scraped. They are pushed by OTLP when that is wanted. The standard
 * {@code OTEL_*} environment variables say where to and how, those of one signal included; what
 * they leave open is as the reference has it: gRPC to {@code http://localhost:4317}.
 */
public final class Telemetry implements AutoCloseable {
    private static final String SERVICE = "kubewarden-policy-server";
    private static final String METER = "kubewarden";
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private final OpenTelemetrySdk sdk;
    private final ScrapeReader reader;
    private final Spans spans;

    private Telemetry(OpenTelemetrySdk sdk, ScrapeReader reader, Spans spans) {
        this.sdk = sdk;
        this.reader = reader;
        this.spans = spans;
    }

    /**
     * Starts what is wanted.
     *
     * @param pushMetrics whether to push measurements to a collector
     * @param pushTraces whether to push spans to a collector
     * @param environment variables that count although the process may not have them
     * @throws IllegalArgumentException when a variable makes no sense; the message names it
     */
    public static Telemetry start(
            boolean pushMetrics, boolean pushTraces, Map<String, String> environment) {
        ScrapeReader reader = new ScrapeReader();
        try {
            OpenTelemetrySdk sdk =
                    AutoConfiguredOpenTelemetrySdk.builder()
                            .disableShutdownHook()
                            .addPropertiesSupplier(() -> properties(environment))
                            .addPropertiesCustomizer(given -> exporters(pushMetrics, pushTraces))
                            .addMeterProviderCustomizer(
                                    (provider, properties) -> provider.registerMetricReader(reader))
                            .build()
                            .getOpenTelemetrySdk();
            Tracer tracer =
                    pushTraces ? sdk.getTracer(SERVICE) : TracerProvider.noop().get(SERVICE);
            String host = environment.getOrDefault("HOSTNAME", "unknown");
            return new Telemetry(sdk, reader, new Spans(tracer, host));
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(
                    "the OTEL_* variables cannot be used: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", SERVICE);
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_")) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        return properties;
    }

    /** Our flags decide what is exported, whatever the environment says. */
    private static Map<String, String> exporters(boolean pushMetrics, boolean pushTraces) {
        return Map.of(
                "otel.metrics.exporter",
                pushMetrics ? "otlp" : "none",
                "otel.traces.exporter",
                pushTraces ? "otlp" : "none",
                "otel.logs.exporter",
                "none",
                "otel.propagators",
                "none");
    }

    /** Makes instruments. */
    public Meter meter() {
        return sdk.getMeter(METER);
    }

    /** Follows requests, and sends what it saw where that is wanted. */
    public Spans spans() {
        return spans;
    }

    /** Shows the measurements to whoever asks. */
    public Scraper scraper() {
        return reader;
    }

    /** Sends what has not been sent, for a while. Blocks. */
    @Override
    public void close() {
        sdk.shutdown().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    }
}
