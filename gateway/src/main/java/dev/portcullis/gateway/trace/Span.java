package dev.portcullis.gateway.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A named part of the work on a request, with fields (policy-server §21).
 *
 * <p>Work on one request moves from an event loop to a virtual thread and back, so a span is passed
 * on and made current where work is done. Everything that is logged meanwhile on the same thread
 * shows it. Safe for use by many threads.
 *
 * <p>Settings of policies are never a field: they may hold secrets. The reference shows them.
 */
public final class Span {
    private static final ScopedValue<Span> CURRENT = ScopedValue.newInstance();

    private final Tracer tracer;
    private final String name;
    private final @Nullable Span parent;
    private final io.opentelemetry.api.trace.Span exported;
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Span(Tracer tracer, String name, @Nullable Span parent) {
        this.tracer = tracer;
        this.name = name;
        this.parent = parent;
        SpanBuilder builder = tracer.spanBuilder(name);
        exported =
                (parent == null
                                ? builder.setNoParent()
                                : builder.setParent(Context.root().with(parent.exported)))
                        .startSpan();
    }

    /** The span that this thread works in; null when there is none. */
    public static @Nullable Span current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** Works in a part of the current span; without one, just works. */
    public static <T> T within(String name, Map<String, String> fields, Supplier<T> work) {
        Span current = current();
        if (current == null) {
            return work.get();
        }
        Span part = current.part(name);
        fields.forEach(part::put);
        return part.finish(work);
    }

    /** A part of this span. */
    public Span part(String partName) {
        return new Span(tracer, partName, this);
    }

    /** Notes what is known by now. */
    public Span put(String field, Object value) {
        synchronized (fields) {
            fields.put(field, value);
        }
        switch (value) {
            case Boolean flag -> exported.setAttribute(field, flag);
            case Integer number -> exported.setAttribute(field, number.longValue());
            case Long number -> exported.setAttribute(field, number);
            default -> exported.setAttribute(field, value.toString());
        }
        return this;
    }

    /** Makes this span current for the work. */
    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }

    /** Makes this span current for the work. */
    public <T> T call(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** Makes this span current for the work and ends it then. */
    public <T> T finish(Supplier<T> work) {
        try {
            return call(work);
        } finally {
            end();
        }
    }

    /** Whether anybody will see {@link #event}s. */
    public boolean isExported() {
        return exported.isRecording();
    }

    /** Something that happened; only exported, because log lines tell such things themselves. */
    public void event(String what, Map<String, Object> details) {
        AttributesBuilder attributes = Attributes.builder();
        details.forEach((key, value) -> {
            switch (value) {
                case Boolean flag -> attributes.put(AttributeKey.booleanKey(key), flag);
                case Integer number ->
                        attributes.put(AttributeKey.longKey(key), number.longValue());
                case Long number -> attributes.put(AttributeKey.longKey(key), number);
                default -> attributes.put(AttributeKey.stringKey(key), value.toString());
            }
        });
        exported.addEvent(what, attributes.build());
    }

    /** No more work will be done here. */
    public void end() {
        exported.end();
    }

    /** What kind of work it is. */
    public String name() {
        return name;
    }

    /** What was noted so far, in the order of the first notes. */
    public Map<String, Object> fields() {
        synchronized (fields) {
            return Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** From the outermost span to this one. */
    public List<Span> path() {
        Deque<Span> path = new ArrayDeque<>();
        for (Span span = this; span != null; span = span.parent) {
            path.addFirst(span);
        }
        return List.copyOf(path);
    }
}
