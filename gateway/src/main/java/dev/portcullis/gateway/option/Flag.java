package dev.portcullis.gateway.option;

import org.jspecify.annotations.Nullable;

/**
 * Every flag with its environment variable (policy-server §1). A flag on the command line wins over
 * the environment.
 */
enum Flag {
    ADDR(
            "--addr",
            "KUBEWARDEN_BIND_ADDRESS",
            "IP",
            "0.0.0.0",
            "Address of both listeners; an IP address, IPv6 in brackets."),
    PORT("--port", "KUBEWARDEN_PORT", "PORT", "3000", "Port that reviews are sent to."),
    READINESS_PROBE_PORT(
            "--readiness-probe-port",
            "KUBEWARDEN_READINESS_PROBE_PORT",
            "PORT",
            "8081",
            "Port of the readiness probe; always plain HTTP."),
    WORKERS(
            "--workers",
            "KUBEWARDEN_WORKERS",
            "NUMBER",
            "number of CPUs",
            "How many policies compute at once; one that waits does not count."),
    CERT_FILE(
            "--cert-file",
            "KUBEWARDEN_CERT_FILE",
            "FILE",
            null,
            "PEM file with the server's certificate, or its chain."),
    KEY_FILE(
            "--key-file",
            "KUBEWARDEN_KEY_FILE",
            "FILE",
            null,
            "PEM file with the private key of the certificate."),
    CLIENT_CA_FILE(
            "--client-ca-file",
            "KUBEWARDEN_CLIENT_CA_FILE",
            "FILES",
            null,
            "Comma-separated PEM files; clients must then show a certificate of one of these"
                    + " authorities."),
    POLICIES(
            "--policies",
            "KUBEWARDEN_POLICIES",
            "FILE",
            "policies.yml",
            "YAML or JSON file that lists the policies and their settings."),
    POLICIES_DOWNLOAD_DIR(
            "--policies-download-dir",
            "KUBEWARDEN_POLICIES_DOWNLOAD_DIR",
            "FOLDER",
            null,
            "Folder for fetched policies; created and checked at start. This version fetches"
                    + " none, so it stays empty."),
    SIGSTORE_CACHE_DIR(
            "--sigstore-cache-dir",
            "KUBEWARDEN_SIGSTORE_CACHE_DIR",
            "FOLDER",
            null,
            "Folder for fetched trust roots; created and checked at start. This version fetches"
                    + " none, so it stays empty."),
    ALWAYS_ACCEPT(
            "--always-accept-admission-reviews-on-namespace",
            "KUBEWARDEN_ALWAYS_ACCEPT_ADMISSION_REVIEWS_ON_NAMESPACE",
            "NAMESPACE",
            null,
            "Admit everything in this namespace without asking a policy."),
    DISABLE_TIMEOUT_PROTECTION(
            "--disable-timeout-protection",
            "KUBEWARDEN_DISABLE_TIMEOUT_PROTECTION",
            "Let policies run for as long as they like."),
    POLICY_TIMEOUT(
            "--policy-timeout",
            "KUBEWARDEN_POLICY_TIMEOUT",
            "SECONDS",
            "2",
            "How long a policy may take for one request, waiting included."),
    IGNORE_KUBERNETES_CONNECTION_FAILURE(
            "--ignore-kubernetes-connection-failure",
            "KUBEWARDEN_IGNORE_KUBERNETES_CONNECTION_FAILURE",
            "Start without a Kubernetes API server; policies that ask it get an error."),
    CONTINUE_ON_ERRORS(
            "--continue-on-errors",
            "KUBEWARDEN_CONTINUE_ON_ERRORS",
            "Serve although some policies cannot be used; those reject every request."),
    ENABLE_METRICS(
            "--enable-metrics",
            "KUBEWARDEN_ENABLE_METRICS",
            "Push metrics to an OTLP collector; OTEL_* variables say where. They can be scraped at"
                    + " /metrics of the readiness port in any case."),
    ENABLE_PPROF(
            "--enable-pprof",
            "KUBEWARDEN_ENABLE_PPROF",
            "Let clients of the API fetch profiles: /debug/pprof/cpu and /debug/pprof/heap."),
    DAEMON(
            "--daemon",
            "KUBEWARDEN_DAEMON",
            "Check the flags and the policies file, then serve in the background."),
    DAEMON_PID_FILE(
            "--daemon-pid-file",
            "KUBEWARDEN_DAEMON_PID_FILE",
            "FILE",
            "policy-server.pid",
            "Receives the process id in the background."),
    DAEMON_STDOUT_FILE(
            "--daemon-stdout-file",
            "KUBEWARDEN_DAEMON_STDOUT_FILE",
            "FILE",
            null,
            "Receives standard output in the background; thrown away without this."),
    DAEMON_STDERR_FILE(
            "--daemon-stderr-file",
            "KUBEWARDEN_DAEMON_STDERR_FILE",
            "FILE",
            null,
            "Receives standard error in the background, also why a start failed."),
    LOG_LEVEL(
            "--log-level",
            "KUBEWARDEN_LOG_LEVEL",
            "LEVEL",
            "info",
            "One of trace, debug, info, warn, error."),
    LOG_FMT(
            "--log-fmt",
            "KUBEWARDEN_LOG_FMT",
            "FORMAT",
            "text",
            "One of text, json, otlp; otlp is text and pushes traces to an OTLP collector."),
    LOG_NO_COLOR(
            "--log-no-color",
            "NO_COLOR",
            "Log without colours. The environment variable works with any value."),
    BODY_LIMIT(
            "--body-limit",
            "PORTCULLIS_BODY_LIMIT",
            "SIZE",
            "8MiB",
            "Largest request body; bytes, or a number with KiB, MiB or GiB."),
    GUEST_MEMORY_LIMIT(
            "--guest-memory-limit",
            "PORTCULLIS_GUEST_MEMORY_LIMIT",
            "SIZE",
            "512MiB",
            "Most memory that one evaluation may use."),
    GUEST_OUTPUT_LIMIT(
            "--guest-output-limit",
            "PORTCULLIS_GUEST_OUTPUT_LIMIT",
            "SIZE",
            "16MiB",
            "Most that one evaluation may print."),
    GUEST_HOST_CALL_LIMIT(
            "--guest-host-call-limit",
            "PORTCULLIS_GUEST_HOST_CALL_LIMIT",
            "NUMBER",
            "1000",
            "Most questions that one evaluation may ask."),
    MAX_EVALUATIONS(
            "--max-evaluations",
            "PORTCULLIS_MAX_EVALUATIONS",
            "NUMBER",
            "4096",
            "Most evaluations under way, waiting ones included; more are refused with 503."),

    SIGSTORE_TRUST_CONFIG(
            "--sigstore-trust-config", "KUBEWARDEN_SIGSTORE_TRUST_CONFIG_PATH", "FILE", false),
    SOURCES_PATH("--sources-path", "KUBEWARDEN_SOURCES_PATH", "FILE", false),
    VERIFICATION_PATH("--verification-path", "KUBEWARDEN_VERIFICATION_CONFIG_PATH", "FILE", false),
    DOCKER_CONFIG_JSON_PATH(
            "--docker-config-json-path", "KUBEWARDEN_DOCKER_CONFIG_JSON_PATH", "FOLDER", false);

    private final String option;
    private final String variable;
    private final @Nullable String valueLabel;
    private final @Nullable String fallback;
    private final String description;
    private final boolean supported;

    Flag(
            String option,
            String variable,
            @Nullable String valueLabel,
            @Nullable String fallback,
            String description,
            boolean supported) {
        this.option = option;
        this.variable = variable;
        this.valueLabel = valueLabel;
        this.fallback = fallback;
        this.description = description;
        this.supported = supported;
    }

    /** A flag with a value. */
    Flag(
            String option,
            String variable,
            String valueLabel,
            @Nullable String fallback,
            String description) {
        this(option, variable, valueLabel, fallback, description, true);
    }

    /** A flag that is on or off. */
    Flag(String option, String variable, String description) {
        this(option, variable, null, null, description, true);
    }

    /** A flag of the reference whose feature is not here yet: refused, never ignored. */
    Flag(String option, String variable, @Nullable String valueLabel, boolean supported) {
        this(
                option,
                variable,
                valueLabel,
                null,
                "Not supported by this version of Portcullis.",
                supported);
    }

    String option() {
        return option;
    }

    String variable() {
        return variable;
    }

    /** What stands for the value in the help; null for flags that are on or off. */
    @Nullable String valueLabel() {
        return valueLabel;
    }

    /** What holds when nobody sets the flag, in words or as a value; null for nothing. */
    @Nullable String fallback() {
        return fallback;
    }

    String description() {
        return description;
    }

    boolean supported() {
        return supported;
    }

    boolean hidden() {
        return !supported || this == CONTINUE_ON_ERRORS;
    }
}
