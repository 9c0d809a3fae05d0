package dev.portcullis.capability;

import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.capability.question.Question.CanI;
import dev.portcullis.capability.question.Question.GetResource;
import dev.portcullis.capability.question.Question.ListResourcesAll;
import dev.portcullis.capability.question.Question.ListResourcesByNamespace;
import dev.portcullis.capability.question.Question.Selectors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the payloads of guest-abi §8.9–8.12 into questions. */
final class QuestionDecoder {
    private static final List<String> OPTIONAL_ATTRIBUTES =
            List.of("group", "version", "namespace", "name", "subresource");

    /** The names that a namespace can have, a DNS label. */
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private QuestionDecoder() {}

    static GetResource getResource(byte[] payload) throws PayloadException {
        Payload members = Payload.parse(payload);
        String namespace = members.optionalString("namespace");
        return new GetResource(
                kind(members),
                name(members),
                namespace == null || namespace.isEmpty() ? null : namespace(members, namespace),
                members.bool("disable_cache"),
                mask(members));
    }

    static ListResourcesByNamespace listResourcesByNamespace(byte[] payload)
            throws PayloadException {
        Payload members = Payload.parse(payload);
        return new ListResourcesByNamespace(
                kind(members),
                namespace(members, members.string("namespace")),
                selectors(members),
                mask(members));
    }

    static ListResourcesAll listResourcesAll(byte[] payload) throws PayloadException {
        Payload members = Payload.parse(payload);
        return new ListResourcesAll(kind(members), selectors(members), mask(members));
    }

    static CanI canI(byte[] payload) throws PayloadException {
        Payload members = Payload.parse(payload);
        Payload review = members.object("subject_access_review");
        return new CanI(
                review.string("user"),
                review.optionalStrings("groups"),
                attributes(review),
                members.bool("disable_cache"));
    }

    /** The Go SDK spells the member in camel case, the reference in snake case: both are read. */
    private static Map<String, String> attributes(Payload review) throws PayloadException {
        boolean camel = review.has("resourceAttributes");
        if (camel && review.has("resource_attributes")) {
            throw review.invalid(
                    "resource_attributes", "`resourceAttributes` is there too, give one of them");
        }
        Payload members = review.object(camel ? "resourceAttributes" : "resource_attributes");
        var attributes = new TreeMap<String, String>();
        attributes.put("verb", members.string("verb"));
        attributes.put("resource", members.string("resource"));
        for (String name : OPTIONAL_ATTRIBUTES) {
            String value = members.optionalString(name);
            if (value != null) {
                attributes.put(name, value);
            }
        }
        return attributes;
    }

    private static ResourceKind kind(Payload members) throws PayloadException {
        return new ResourceKind(members.string("api_version"), members.string("kind"));
    }

    private static Selectors selectors(Payload members) throws PayloadException {
        return new Selectors(
                emptyAsNull(members.optionalString("label_selector")),
                emptyAsNull(members.optionalString("field_selector")));
    }

    private static @Nullable String emptyAsNull(@Nullable String selector) {
        return selector == null || selector.isEmpty() ? null : selector;
    }

    private static FieldMask mask(Payload members) throws PayloadException {
        List<String> paths = members.optionalStrings("field_masks");
        return FieldMask.of(paths == null ? List.of() : paths);
    }

    private static String namespace(Payload members, String namespace) throws PayloadException {
        if (!NAMESPACE.matcher(namespace).matches()) {
            throw members.invalid("namespace", "no namespace can have this name");
        }
        return namespace;
    }

    /**
     * A name that becomes part of a URL. The API server decodes {@code %2F} before it splits the
     * path, so quoting alone would let a guest walk to kinds that it was not granted. The rule is
     * that of Kubernetes for path segments, under which no object can have such a name.
     */
    private static String name(Payload members) throws PayloadException {
        String name = members.string("name");
        if (name.isEmpty()) {
            throw members.invalid("name", "it is empty");
        }
        if (name.equals(".") || name.equals("..")) {
            throw members.invalid("name", "it may not be '" + name + "'");
        }
        if (name.chars()
                .anyMatch(c -> c == '/' || c == '%' || c == '\\' || Character.isISOControl(c))) {
            throw members.invalid(
                    "name", "it may not contain '/', '%', '\\' or control characters");
        }
        return name;
    }
}
