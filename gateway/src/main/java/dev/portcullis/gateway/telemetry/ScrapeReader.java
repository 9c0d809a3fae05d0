package dev.portcullis.gateway.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Collects measurements when they are scraped. */
final class ScrapeReader implements MetricReader, Scraper {
    private final ExpositionFormats formats = ExpositionFormats.init();
    private volatile CollectionRegistration measurements = CollectionRegistration.noop();

    @Override
    public void register(CollectionRegistration registration) {
        measurements = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public Scrape scrape(@Nullable String accept) {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (MetricData metric : measurements.collectAllMetrics()) {
            snapshot(metric).ifPresent(snapshots::add);
        }
        ExpositionFormatWriter writer = formats.findWriter(accept);
        ByteArrayOutputStream body = new ByteArrayOutputStream(8_192);
        try {
            writer.write(body, new MetricSnapshots(snapshots));
        } catch (IOException e) {
            throw new UncheckedIOException("measurements cannot be written", e);
        }
        return new Scrape(writer.getContentType(), body.toString(StandardCharsets.UTF_8));
    }

    /** Empty for the kinds of measurement that this process does not make. */
    private static Optional<MetricSnapshot> snapshot(MetricData metric) {
        MetricMetadata metadata =
                new MetricMetadata(
                        PrometheusNaming.sanitizeMetricName(metric.getName()),
                        metric.getDescription().isEmpty() ? null : metric.getDescription());
        return switch (metric.getType()) {
            case LONG_SUM -> Optional.of(counters(metadata, metric.getLongSumData().getPoints()));
            case LONG_GAUGE -> Optional.of(gauges(metadata, metric.getLongGaugeData().getPoints()));
            case DOUBLE_GAUGE ->
                    Optional.of(gauges(metadata, metric.getDoubleGaugeData().getPoints()));
            case HISTOGRAM ->
                    Optional.of(histograms(metadata, metric.getHistogramData().getPoints()));
            case DOUBLE_SUM, SUMMARY, EXPONENTIAL_HISTOGRAM -> Optional.empty();
        };
    }

    private static MetricSnapshot counters(
            MetricMetadata metadata, Iterable<LongPointData> points) {
        List<CounterSnapshot.CounterDataPointSnapshot> all = new ArrayList<>();
        for (LongPointData point : points) {
            all.add(
                    new CounterSnapshot.CounterDataPointSnapshot(
                            point.getValue(), labels(point), null, 0));
        }
        return new CounterSnapshot(metadata, all);
    }

    private static MetricSnapshot gauges(
            MetricMetadata metadata, Iterable<? extends PointData> points) {
        List<GaugeSnapshot.GaugeDataPointSnapshot> all = new ArrayList<>();
        for (PointData point : points) {
            double value =
                    point instanceof LongPointData whole
                            ? whole.getValue()
                            : ((DoublePointData) point).getValue();
            all.add(new GaugeSnapshot.GaugeDataPointSnapshot(value, labels(point), null));
        }
        return new GaugeSnapshot(metadata, all);
    }

    private static MetricSnapshot histograms(
            MetricMetadata metadata, Iterable<HistogramPointData> points) {
        List<HistogramSnapshot.HistogramDataPointSnapshot> all = new ArrayList<>();
        for (HistogramPointData point : points) {
            List<Double> bounds = new ArrayList<>(point.getBoundaries());
            bounds.add(Double.POSITIVE_INFINITY);
            all.add(
                    new HistogramSnapshot.HistogramDataPointSnapshot(
                            ClassicHistogramBuckets.of(bounds, point.getCounts()),
                            point.getSum(),
                            labels(point),
                            null,
                            0));
        }
        return new HistogramSnapshot(metadata, all);
    }

    private static Labels labels(PointData point) {
        Attributes attributes = point.getAttributes();
        Map<String, String> labels = new TreeMap<>();
        attributes.forEach((key, value) ->
                labels.put(
                        PrometheusNaming.sanitizeLabelName(key.getKey()), String.valueOf(value)));
        return Labels.of(
                labels.keySet().toArray(String[]::new), labels.values().toArray(String[]::new));
    }
}
