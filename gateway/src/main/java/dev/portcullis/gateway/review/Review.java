package dev.portcullis.gateway.review;

import org.jspecify.annotations.Nullable;

/** A request that was read and found well-formed. */
public sealed interface Review {
    /** Identifies the request; echoed in the response. */
    String uid();

    /**
     * What the guest gets to read. Copies the request's bytes once.
     *
     * @param settings the policy's settings, a UTF-8 JSON object
     */
    Payload payload(byte[] settings);

    /** What the API server asks: may this object pass? */
    final class Admission implements Review {
        private final String uid;
        private final String operation;
        private final Subject subject;
        private final @Nullable String namespace;
        private final @Nullable String name;
        private final PayloadParts parts;

        Admission(
                String uid,
                String operation,
                Subject subject,
                @Nullable String namespace,
                @Nullable String name,
                PayloadParts parts) {
            this.uid = uid;
            this.operation = operation;
            this.subject = subject;
            this.namespace = namespace;
            this.name = name;
            this.parts = parts;
        }

        @Override
        public String uid() {
            return uid;
        }

        /** For example {@code CREATE}. */
        public String operation() {
            return operation;
        }

        /** Which kind and which resource. */
        public Subject subject() {
            return subject;
        }

        /** Null for what lives in no namespace. */
        public @Nullable String namespace() {
            return namespace;
        }

        /** Null when the API server has yet to choose one. */
        public @Nullable String name() {
            return name;
        }

        @Override
        public Payload payload(byte[] settings) {
            return parts.withSettings(settings);
        }
    }

    /** Any JSON, outside Kubernetes. */
    final class Raw implements Review {
        private final String uid;
        private final PayloadParts parts;

        Raw(String uid, PayloadParts parts) {
            this.uid = uid;
            this.parts = parts;
        }

        @Override
        public String uid() {
            return uid;
        }

        @Override
        public Payload payload(byte[] settings) {
            return parts.withSettings(settings);
        }
    }
}
