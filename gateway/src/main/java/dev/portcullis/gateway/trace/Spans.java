package dev.portcullis.gateway.trace;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;

/** Begins spans, and exports them to where a tracer sends them. */
public final class Spans {
    private final Tracer tracer;
    private final String host;

    /**
     * Spans of this tracer.
     *
     * @param host the name of this machine or pod, a field of some spans
     */
    public Spans(Tracer tracer, String host) {
        this.tracer = tracer;
        this.host = host;
    }

    /** Spans that only log lines show. */
    public static Spans unexported() {
        return new Spans(TracerProvider.noop().get(""), "unknown");
    }

    /** A span that belongs to no other. */
    public Span begin(String name) {
        return new Span(tracer, name, null);
    }

    /** The name of this machine or pod. */
    public String host() {
        return host;
    }
}
