package dev.portcullis.gateway;

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

    public static PolicyEntry entry(String id, String keys) {
        try {
            Path file = Files.createTempFile("policies", ".yml");
            try {
                Files.writeString(
                        file, "\"%s\": {module: file:///none.wasm, %s}".formatted(id, keys));
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
