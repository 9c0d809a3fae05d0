package dev.portcullis.gateway.policy;

import java.nio.charset.StandardCharsets;

/** A policy's settings, serialised once. They may hold secrets and are never printed. */
public final class Settings {
    /** What a policy without settings gets. */
    static final Settings NONE = new Settings("{}".getBytes(StandardCharsets.US_ASCII));

    private final byte[] json;

    Settings(byte[] json) {
        this.json = json;
    }

    /** A UTF-8 JSON object; must not be changed. */
    public byte[] json() {
        return json;
    }

    @Override
    public String toString() {
        return "(" + json.length + " bytes of settings)";
    }
}
