package dev.portcullis.capability;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * {@code tracing/log}: what a guest wants to see in the log (guest-abi §8.1).
 *
 * <p>The line goes to the logger {@code policy_log} with the keys {@code policy} and {@code data}.
 */
final class PolicyLog {
    private static final Logger POLICY_LOG = LoggerFactory.getLogger("policy_log");
    private static final Logger LOG = LoggerFactory.getLogger(PolicyLog.class);

    private PolicyLog() {}

    /** Never fails: a guest must not break by what it logs. */
    static void write(String policyId, byte[] payload) {
        try {
            Payload event = Payload.parse(payload);
            Level level = level(event);
            String message = Optional.ofNullable(event.optionalString("message")).orElse("");
            if (POLICY_LOG.isEnabledForLevel(level)) {
                ObjectNode data = event.members();
                data.remove("level");
                data.remove("message");
                POLICY_LOG
                        .atLevel(level)
                        .addKeyValue("policy", policyId)
                        .addKeyValue("data", LogText.of(data.toString()))
                        .log(LogText.of(message));
            }
        } catch (PayloadException invalid) {
            LOG.error(
                    "Cannot log event of policy {}: {}",
                    policyId,
                    LogText.of(String.valueOf(invalid.getMessage())));
        }
    }

    private static Level level(Payload event) throws PayloadException {
        String name = event.string("level");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "trace" -> Level.TRACE;
            case "debug" -> Level.DEBUG;
            case "info" -> Level.INFO;
            case "warning" -> Level.WARN;
            case "error" -> Level.ERROR;
            default ->
                    throw event.invalid(
                            "level",
                            "'" + name + "' is not one of trace, debug, info, warning, error");
        };
    }
}
