package dev.portcullis.gateway.route;

import dev.portcullis.gateway.review.AdmissionResponse;
import dev.portcullis.gateway.review.Review;
import dev.portcullis.gateway.review.Subject;
import dev.portcullis.gateway.trace.Span;
import org.jspecify.annotations.Nullable;

/** The fields of the span of a review (policy-server §21). */
final class RequestFields {
    private static final int LONGEST_MESSAGE = 1_000;

    private RequestFields() {}

    /** What is known before a policy is asked; what the request does not say is empty. */
    static void request(Span span, String host, String policy, Review review) {
        span.put("request_uid", review.uid()).put("host", host).put("policy_id", policy);
        switch (review) {
            case Review.Admission admission -> {
                Subject subject = admission.subject();
                span.put("name", orEmpty(admission.name()))
                        .put("namespace", orEmpty(admission.namespace()))
                        .put("operation", admission.operation())
                        .put("subresource", subject.subresource())
                        .put("kind_group", subject.kindGroup())
                        .put("kind_version", subject.kindVersion())
                        .put("kind", subject.kind())
                        .put("resource_group", subject.resourceGroup())
                        .put("resource_version", subject.resourceVersion())
                        .put("resource", subject.resource());
            }
            case Review.Raw _ -> {}
        }
    }

    /** What the client is told. */
    static void response(Span span, AdmissionResponse response) {
        span.put("allowed", response.allowed()).put("mutated", response.patch() != null);
        AdmissionResponse.Status status = response.status();
        if (status != null) {
            Integer code = status.code();
            if (code != null) {
                span.put("response_code", code);
            }
            String message = status.message();
            if (message != null) {
                span.put("response_message", shortened(message));
            }
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }
}
