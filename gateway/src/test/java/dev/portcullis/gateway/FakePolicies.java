package dev.portcullis.gateway;

import dev.portcullis.gateway.group.ExpressionException;
import dev.portcullis.gateway.group.GroupExpression;
import dev.portcullis.gateway.policy.Entry;
import dev.portcullis.gateway.policy.GroupEntry;
import dev.portcullis.gateway.policy.PoliciesFile;
import dev.portcullis.gateway.policy.PoliciesFileException;
import dev.portcullis.gateway.policy.Policy;
import dev.portcullis.gateway.policy.PolicyEntry;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.PolicyModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Policies for tests: an entry as an operator writes it, and a fake module. */
public final class FakePolicies {
    private FakePolicies() {}

    /** A policy with default settings. */
    public static Policy.Ready policy(String id, PolicyModule module) {
        return policy(id, "", module);
    }

    /** A policy whose entry has these keys besides its module, for example {@code message: no}. */
    public static Policy.Ready policy(String id, String keys, PolicyModule module) {
        return new Policy.Ready(entry(id, keys), module, HostCalls.NONE, ContextData.NONE);
    }

    /**
     * A group of members that are told by what the file says besides their modules.
     *
     * @param keys for example {@code expression: 'a()', message: no}
     * @param members their names, and for each its module and the rest of its keys
     */
    public static Policy.Group group(String id, String keys, Map<String, Member> members) {
        String policies =
                members.entrySet().stream()
                        .map(member ->
                                "%s: {module: file:///none.wasm, %s}"
                                        .formatted(member.getKey(), member.getValue().keys()))
                        .collect(Collectors.joining(", "));
        GroupEntry entry =
                (GroupEntry) read("\"%s\": {%s, policies: {%s}}".formatted(id, keys, policies));
        Map<String, Policy.Ready> ready = new HashMap<>();
        for (GroupEntry.Member member : entry.members()) {
            Member wanted = Objects.requireNonNull(members.get(member.name()));
            ready.put(
                    member.name(),
                    new Policy.Ready(
                            member.entry(), wanted.module(), wanted.hostCalls(), ContextData.NONE));
        }
        try {
            return new Policy.Group(
                    entry, GroupExpression.parse(id, entry.expression(), ready.keySet()), ready);
        } catch (ExpressionException e) {
            throw new AssertionError(e);
        }
    }

    /** A member of a group. */
    public record Member(PolicyModule module, String keys, HostCalls hostCalls) {
        public Member(PolicyModule module) {
            this(module, "", HostCalls.NONE);
        }
    }

    public static PolicyEntry entry(String id, String keys) {
        return (PolicyEntry) read("\"%s\": {module: file:///none.wasm, %s}".formatted(id, keys));
    }

    private static Entry read(String text) {
        try {
            Path file = Files.createTempFile("policies", ".yml");
            try {
                Files.writeString(file, text);
                return PoliciesFile.read(file).getFirst();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (PoliciesFileException e) {
            throw new AssertionError(e);
        }
    }
}
