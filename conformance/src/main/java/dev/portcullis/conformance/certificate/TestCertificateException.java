package dev.portcullis.conformance.certificate;

/** A test certificate could not be made or written. */
public final class TestCertificateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TestCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
