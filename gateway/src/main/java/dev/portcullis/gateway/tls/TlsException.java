package dev.portcullis.gateway.tls;

/** A certificate, key or authority that cannot be used; the message names the file. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
