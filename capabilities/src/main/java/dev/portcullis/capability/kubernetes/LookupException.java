package dev.portcullis.capability.kubernetes;

import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/**
 * A question has no answer; the message and those of its causes are what the guest reads.
 *
 * <p>Expected now and then, so it carries no stack trace.
 */
class LookupException extends Exception {
    private static final long serialVersionUID = 1;

    LookupException(String message) {
        this(message, null);
    }

    LookupException(String message, @Nullable Throwable cause) {
        super(message, cause, true, false);
    }

    /** No answer came from the API server because of the way to it. */
    static LookupException unreachable(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof ConnectException) {
                // Below it there is only how the JDK noticed.
                return new LookupException("cannot connect to the Kubernetes API server");
            }
        }
        return new LookupException("cannot reach the Kubernetes API server", cause);
    }

    /** The time for the answer is over; someone with more time may still get it. */
    static final class TooLate extends LookupException {
        private static final long serialVersionUID = 1;

        TooLate(String message) {
            super(message);
        }
    }

    /** The API server answered, with an error. */
    static final class Refused extends LookupException {
        private static final long serialVersionUID = 1;
        private static final int NOT_FOUND = 404;

        private final int status;
        private final boolean aboutAnObject;

        /**
         * @param aboutAnObject whether the server knew the path and spoke of an object on it
         */
        Refused(int status, boolean aboutAnObject, String message) {
            super(message);
            this.status = status;
            this.aboutAnObject = aboutAnObject;
        }

        boolean isNotFound() {
            return status == NOT_FOUND;
        }

        boolean isPathUnknown() {
            return isNotFound() && !aboutAnObject;
        }
    }

    /** The messages from here down to the first cause, joined by colons. */
    String chain() {
        var chain = new StringBuilder(String.valueOf(getMessage()));
        Throwable cause = getCause();
        while (cause != null) {
            String message =
                    cause.getMessage() == null
                            ? cause.getClass().getSimpleName()
                            : cause.getMessage();
            if (!chain.toString().endsWith(message)) {
                chain.append(": ").append(message);
            }
            cause = cause.getCause();
        }
        return chain.toString();
    }
}
