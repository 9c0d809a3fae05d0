package dev.portcullis.capability.kubernetes;

/**
 * There is no usable configuration for a Kubernetes API server; the message says what was tried.
 */
public final class KubernetesConnectionException extends Exception {
    private static final long serialVersionUID = 1;

    KubernetesConnectionException(String message) {
        super(message);
    }

    KubernetesConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
