package dev.portcullis.gateway.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableLongMeasurement;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Shows how near the bounds of this process are, whenever measurements are collected. */
public final class Gauges {
    private final Meter meter;

    /** Gauges of this meter. */
    public Gauges(Meter meter) {
        this.meter = meter;
    }

    /** A value that goes up and down. */
    public void gauge(String name, String description, LongSupplier value) {
        gauges(name, description, gauge -> gauge.record(value.getAsLong(), Attributes.empty()));
    }

    /** Values with the same name, told apart by attributes. */
    public void gauges(
            String name, String description, Consumer<ObservableLongMeasurement> values) {
        meter.gaugeBuilder(name).setDescription(description).ofLongs().buildWithCallback(values);
    }

    /** A count that only goes up. */
    public void counter(String name, String description, LongSupplier value) {
        meter.counterBuilder(name)
                .setDescription(description)
                .buildWithCallback(counter -> counter.record(value.getAsLong()));
    }
}
