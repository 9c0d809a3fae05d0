package dev.portcullis.gateway.review;

import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads an admission review and composes what the guest reads of it (guest-abi §6.1).
 *
 * <p>Known members are checked and copied byte for byte, in sorted order; unknown ones, and
 * optional ones that are null, are left out.
 */
final class AdmissionReader {
    private static final List<String> REQUIRED =
            List.of("uid", "kind", "resource", "operation", "userInfo");
    private static final List<String> KIND = List.of("group", "version", "kind");
    private static final List<String> RESOURCE = List.of("group", "version", "resource");

    /** Names that are told to operators besides being passed on. */
    private static final Set<String> TOLD =
            Set.of(
                    "request.kind.group",
                    "request.kind.version",
                    "request.kind.kind",
                    "request.resource.group",
                    "request.resource.version",
                    "request.resource.resource",
                    "request.requestKind.kind",
                    "request.subResource");

    private final Cursor cursor;
    private final Map<String, String> told = new HashMap<>();
    private final SortedMap<String, PayloadParts> members = new TreeMap<>();
    private boolean requestSeen;
    private String uid = "";
    private String operation = "";
    private @Nullable String namespace;
    private @Nullable String name;

    AdmissionReader(Cursor cursor) {
        this.cursor = cursor;
    }

    Review.Admission read() throws IOException, InvalidReviewException {
        cursor.members("", "an AdmissionReview", this::memberOfReview);
        if (!requestSeen) {
            throw cursor.missing("", "request");
        }
        PayloadParts parts = new PayloadParts();
        parts.append("{\"request\":");
        parts.append(object(members));
        return new Review.Admission(uid, operation, subject(), namespace, name, parts);
    }

    private Subject subject() {
        return new Subject(
                told("kind.group"),
                told("kind.version"),
                told("kind.kind"),
                told("resource.group"),
                told("resource.version"),
                told("resource.resource"),
                told("subResource"),
                told("requestKind.kind"));
    }

    private String told(String path) {
        return told.getOrDefault("request." + path, "");
    }

    private void memberOfReview(String member) throws IOException, InvalidReviewException {
        if (!member.equals("request")) {
            cursor.skip();
            return;
        }
        requestSeen = true;
        cursor.members(member, "an AdmissionRequest", this::memberOfRequest);
        for (String required : REQUIRED) {
            if (!members.containsKey(required)) {
                throw cursor.missing(member, required);
            }
        }
    }

    private void memberOfRequest(String member) throws IOException, InvalidReviewException {
        if (cursor.isNull() && !REQUIRED.contains(member)) {
            return;
        }
        String path = "request." + member;
        switch (member) {
            case "uid" -> {
                uid = cursor.string(path);
                keep(member);
            }
            case "operation" -> {
                operation = cursor.string(path);
                keep(member);
            }
            case "namespace" -> {
                namespace = cursor.string(path);
                keep(member);
            }
            case "name" -> {
                name = cursor.string(path);
                keep(member);
            }
            case "subResource", "requestSubResource" -> members.put(member, string(path));
            case "dryRun" ->
                    members.put(
                            member,
                            PayloadParts.of(
                                    cursor.scalar(path, "a boolean", JsonToken::isBoolean)));
            case "kind", "requestKind" -> members.put(member, names(path, KIND));
            case "resource", "requestResource" -> members.put(member, names(path, RESOURCE));
            case "userInfo" -> members.put(member, userInfo(path));
            case "object" -> {
                PayloadParts object = new PayloadParts();
                object.appendOriginal(cursor.value());
                members.put(member, object);
            }
            case "oldObject", "options" -> keep(member);
            default -> cursor.skip();
        }
    }

    private void keep(String member) throws IOException {
        members.put(member, PayloadParts.of(cursor.value()));
    }

    private PayloadParts string(String path) throws IOException, InvalidReviewException {
        if (TOLD.contains(path)) {
            told.put(path, cursor.string(path));
        }
        return PayloadParts.of(
                cursor.scalar(path, "a string", token -> token == JsonToken.VALUE_STRING));
    }

    /** An object with exactly these strings, all of them required. */
    private PayloadParts names(String path, List<String> wanted)
            throws IOException, InvalidReviewException {
        SortedMap<String, PayloadParts> found = new TreeMap<>();
        cursor.members(
                path,
                "a map",
                member -> {
                    if (!wanted.contains(member)) {
                        cursor.skip();
                        return;
                    }
                    found.put(member, string(path + "." + member));
                });
        for (String required : wanted) {
            if (!found.containsKey(required)) {
                throw cursor.missing(path, required);
            }
        }
        return object(found);
    }

    private PayloadParts userInfo(String path) throws IOException, InvalidReviewException {
        SortedMap<String, PayloadParts> found = new TreeMap<>();
        cursor.members(
                path,
                "a map",
                member -> {
                    String inner = path + "." + member;
                    if (cursor.isNull()) {
                        return;
                    }
                    switch (member) {
                        case "uid", "username" -> found.put(member, string(inner));
                        case "groups" -> found.put(member, strings(inner));
                        case "extra" -> found.put(member, extra(inner));
                        default -> cursor.skip();
                    }
                });
        return object(found);
    }

    private PayloadParts extra(String path) throws IOException, InvalidReviewException {
        SortedMap<String, PayloadParts> found = new TreeMap<>();
        cursor.members(path, "a map", member -> found.put(member, strings(path + "." + member)));
        return object(found);
    }

    private PayloadParts strings(String path) throws IOException, InvalidReviewException {
        PayloadParts list = new PayloadParts();
        list.append("[");
        cursor.elements(
                path,
                "a sequence of strings",
                index -> {
                    if (!index.equals("[0]")) {
                        list.append(",");
                    }
                    list.append(string(path + index));
                });
        list.append("]");
        return list;
    }

    private static PayloadParts object(SortedMap<String, PayloadParts> members) {
        PayloadParts object = new PayloadParts();
        String before = "{";
        for (String member : members.keySet()) {
            object.append(before);
            object.appendName(member);
            object.append(Objects.requireNonNull(members.get(member)));
            before = ",";
        }
        object.append(members.isEmpty() ? "{}" : "}");
        return object;
    }
}
