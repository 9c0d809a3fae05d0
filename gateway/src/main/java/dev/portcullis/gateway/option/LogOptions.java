package dev.portcullis.gateway.option;

/**
 * How the gateway logs (policy-server §21).
 *
 * @param level the least severe level that is written
 * @param format one line of text, or one JSON object a line
 * @param colour whether levels are coloured in text; the caller knows if the output is a terminal
 */
public record LogOptions(Level level, Format format, boolean colour) {
    /** Severity, least severe first. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /** The shape of a line. */
    public enum Format {
        TEXT,
        JSON,
        /** Lines of text, and spans that are pushed to an OTLP collector. */
        OTLP
    }
}
