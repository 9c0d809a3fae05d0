package dev.portcullis.host;

import org.jspecify.annotations.Nullable;

/** What a policy said of its settings (guest-abi §6.3). */
public sealed interface SettingsEvaluation {
    /** The settings can be used. */
    record Valid() implements SettingsEvaluation {}

    /** The policy refuses the settings, with its own words if it gave any. */
    record Invalid(@Nullable String message) implements SettingsEvaluation {}

    /** The policy did not answer; the text is complete. Treat as refused. */
    record Failed(FailureReason reason, String message) implements SettingsEvaluation {}
}
