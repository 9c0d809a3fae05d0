package dev.portcullis.gateway.option;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How to run in the background (policy-server §1).
 *
 * @param pidFile receives the process id, and is locked as long as the process lives
 * @param output receives standard output, from its beginning; null to throw it away
 * @param errors receives standard error, from its beginning; null to throw it away
 */
public record DaemonOptions(Path pidFile, @Nullable Path output, @Nullable Path errors) {}
