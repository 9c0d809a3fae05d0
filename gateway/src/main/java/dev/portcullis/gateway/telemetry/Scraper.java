package dev.portcullis.gateway.telemetry;

import org.jspecify.annotations.Nullable;

/** Measurements in a form that Prometheus reads. */
@FunctionalInterface
public interface Scraper {
    /**
     * All measurements, as they are now. Blocks for a moment.
     *
     * @param accept the client's {@code Accept} header, which chooses among the forms
     */
    Scrape scrape(@Nullable String accept);

    /**
     * A form of the measurements.
     *
     * @param contentType of the body
     * @param body the measurements
     */
    record Scrape(String contentType, String body) {}
}
