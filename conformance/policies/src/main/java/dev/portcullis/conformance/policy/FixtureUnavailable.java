package dev.portcullis.conformance.policy;

import org.jspecify.annotations.Nullable;

/** A fixture policy cannot be had here; the message says what is missing or what went wrong. */
public final class FixtureUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean machineLacks;

    FixtureUnavailable(String message, boolean machineLacks, @Nullable Throwable cause) {
        super(message, cause);
        this.machineLacks = machineLacks;
    }

    /**
     * Whether this machine lacks something (Go, the pinned version of it, its modules), so that a
     * test may be skipped by name. Otherwise the fixture itself is broken and the test must fail.
     */
    public boolean machineLacks() {
        return machineLacks;
    }
}
