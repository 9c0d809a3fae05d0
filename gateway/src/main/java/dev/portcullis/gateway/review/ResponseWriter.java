package dev.portcullis.gateway.review;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes responses in the shape and order that clients of the reference know (§10). */
public final class ResponseWriter {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build();

    private ResponseWriter() {}

    /** The answer to {@code /validate} and {@code /audit}, as UTF-8 JSON. */
    public static byte[] admission(AdmissionResponse response) {
        return written(json -> {
            json.writeStringField("kind", "AdmissionReview");
            json.writeStringField("apiVersion", "admission.k8s.io/v1");
            writeResponse(json, response);
        });
    }

    /** The answer to {@code /validate_raw}, as UTF-8 JSON. */
    public static byte[] raw(AdmissionResponse response) {
        return written(json -> writeResponse(json, response));
    }

    /** The body of an HTTP error, as UTF-8 JSON. */
    public static byte[] error(String message, int status) {
        return written(json -> {
            json.writeStringField("message", message);
            json.writeNumberField("status", status);
        });
    }

    private interface Members {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] written(Members members) {
        try (ByteArrayBuilder out = new ByteArrayBuilder()) {
            try (JsonGenerator json = JSON.createGenerator(out)) {
                json.writeStartObject();
                members.write(json);
                json.writeEndObject();
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("a response could not be written as JSON", e);
        }
    }

    private static void writeResponse(JsonGenerator json, AdmissionResponse response)
            throws IOException {
        json.writeObjectFieldStart("response");
        json.writeStringField("uid", response.uid());
        json.writeBooleanField("allowed", response.allowed());
        if (response.patch() != null) {
            json.writeStringField("patchType", "JSONPatch");
            json.writeStringField("patch", response.patch());
        }
        if (response.status() != null) {
            writeStatus(json, response.status());
        }
        writeAnnotations(json, response.auditAnnotations());
        writeWarnings(json, response.warnings());
        json.writeEndObject();
    }

    private static void writeStatus(JsonGenerator json, AdmissionResponse.Status status)
            throws IOException {
        json.writeObjectFieldStart("status");
        writePresent(json, "status", status.status());
        writePresent(json, "message", status.message());
        writePresent(json, "reason", status.reason());
        if (!status.causes().isEmpty()) {
            json.writeObjectFieldStart("details");
            json.writeArrayFieldStart("causes");
            for (AdmissionResponse.Cause cause : status.causes()) {
                json.writeStartObject();
                writeNullable(json, "reason", cause.reason());
                writeNullable(json, "message", cause.message());
                writeNullable(json, "field", cause.field());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        if (status.code() != null) {
            json.writeNumberField("code", status.code());
        }
        json.writeEndObject();
    }

    private static void writePresent(JsonGenerator json, String name, @Nullable String text)
            throws IOException {
        if (text != null) {
            json.writeStringField(name, text);
        }
    }

    private static void writeNullable(JsonGenerator json, String name, @Nullable String text)
            throws IOException {
        if (text == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, text);
        }
    }

    private static void writeAnnotations(
            JsonGenerator json, @Nullable Map<String, String> annotations) throws IOException {
        if (annotations == null || annotations.isEmpty()) {
            json.writeNullField("auditAnnotations");
            return;
        }
        json.writeObjectFieldStart("auditAnnotations");
        for (Map.Entry<String, String> annotation : new TreeMap<>(annotations).entrySet()) {
            json.writeStringField(annotation.getKey(), annotation.getValue());
        }
        json.writeEndObject();
    }

    private static void writeWarnings(JsonGenerator json, @Nullable List<String> warnings)
            throws IOException {
        if (warnings == null || warnings.isEmpty()) {
            json.writeNullField("warnings");
            return;
        }
        json.writeArrayFieldStart("warnings");
        for (String warning : warnings) {
            json.writeString(warning);
        }
        json.writeEndArray();
    }
}
