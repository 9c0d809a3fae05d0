package dev.portcullis.gateway.policy;

/** What the policies file says under one name (policy-server §3). */
public sealed interface Entry permits PolicyEntry, GroupEntry {
    /** The name in the file and in the URL. */
    String id();

    /** Whether a rejection counts. */
    Mode mode();

    /** Whether a rejection counts. */
    enum Mode {
        /** A rejection rejects. */
        PROTECT,
        /** A rejection is logged and the request admitted. */
        MONITOR
    }
}
