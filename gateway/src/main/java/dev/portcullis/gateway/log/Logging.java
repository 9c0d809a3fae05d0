package dev.portcullis.gateway.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.portcullis.gateway.option.LogOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets up logging for the whole process: everything goes to standard output. */
public final class Logging {
    /** Libraries that say much at low levels and little about admission. */
    private static final List<String> QUIET = List.of("io.netty", "io.vertx", "io.fabric8");

    private Logging() {}

    /** Replaces whatever was configured before. */
    public static void configure(LogOptions options) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        // Libraries that log through the JDK would write lines of their own form to standard error.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        Layout<ILoggingEvent> layout =
                switch (options.format()) {
                    case TEXT, OTLP -> new LineLayout(options.colour());
                    case JSON -> new JsonLayout();
                };
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        Level level = levelOf(options.level());
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(console);
        if (options.format() == LogOptions.Format.OTLP) {
            SpanEventAppender spans = new SpanEventAppender();
            spans.setContext(context);
            spans.start();
            root.addAppender(spans);
        }
        for (String name : QUIET) {
            context.getLogger(name)
                    .setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
        }
    }

    private static Level levelOf(LogOptions.Level level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }
}
