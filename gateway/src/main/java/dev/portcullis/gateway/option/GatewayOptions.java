package dev.portcullis.gateway.option;

import dev.portcullis.host.GuestLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that an operator decides at start (policy-server §1), checked.
 *
 * @param address IP address of both listeners, without brackets
 * @param port of the API; 0 lets the system choose
 * @param readinessPort of the readiness probe; 0 lets the system choose
 * @param tls null for plain HTTP
 * @param policies the file that lists the policies
 * @param workers how many guests compute at once
 * @param maxEvaluations how many evaluations may be under way, waiting ones included
 * @param bodyLimit the largest request body
 * @param guestLimits what one evaluation may use
 * @param policyTimeout how long one evaluation may take unless its policy says otherwise; null for
 *     any time, whatever a policy says
 * @param alwaysAcceptNamespace requests in this namespace are admitted unseen; null for none
 * @param ignoreKubernetesConnectionFailure whether to start without an API server
 * @param continueOnErrors whether to serve although some policies cannot be used
 * @param log how to log
 * @param pushMetrics whether to push measurements to an OTLP collector
 * @param profiles whether clients may have profiles of this process
 * @param folders set aside for what is fetched; must be writable
 * @param daemon how to run in the background; null to stay where it was started
 */
public record GatewayOptions(
        String address,
        int port,
        int readinessPort,
        @Nullable TlsOptions tls,
        Path policies,
        int workers,
        int maxEvaluations,
        ByteSize bodyLimit,
        GuestLimits guestLimits,
        @Nullable Duration policyTimeout,
        @Nullable String alwaysAcceptNamespace,
        boolean ignoreKubernetesConnectionFailure,
        boolean continueOnErrors,
        LogOptions log,
        boolean pushMetrics,
        boolean profiles,
        List<FolderOption> folders,
        @Nullable DaemonOptions daemon) {
    public GatewayOptions {
        folders = List.copyOf(folders);
    }
}
