package dev.portcullis.host.policy;

import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyEngine;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.engine.DecodedModule;
import dev.portcullis.host.engine.TieredModule;
import dev.portcullis.host.rego.RegoProgram;
import dev.portcullis.host.run.Watchdog;
import dev.portcullis.host.wapc.Operation;
import dev.portcullis.host.wapc.WapcProgram;
import dev.portcullis.host.wasi.GuestCommand;
import dev.portcullis.host.wasi.WasiProgram;
import dev.portcullis.host.wasm.MalformedModuleException;
import dev.portcullis.host.wasm.WasmBinary;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Loads policy modules and keeps one of each digest. */
public final class WasmPolicyEngine implements PolicyEngine {
    private static final byte[] NO_SETTINGS = "{}".getBytes(StandardCharsets.UTF_8);

    private final Watchdog watchdog = new Watchdog();
    private final ExecutorService compiler =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("policy-compiler").daemon().factory());
    private final int idleGuests;
    private final StartLevel.Kind highestLevel;
    private final ConcurrentHashMap<String, CompletableFuture<PolicyModule>> modules =
            new ConcurrentHashMap<>();

    /**
     * An engine without modules.
     *
     * @param idleGuests how many guests of a module are kept for the next request; each holds the
     *     module's memory, some megabytes for a Go policy
     * @param highestLevel no module starts in a faster way than this, whatever it allows
     */
    public WasmPolicyEngine(int idleGuests, StartLevel.Kind highestLevel) {
        this.idleGuests = idleGuests;
        this.highestLevel = highestLevel;
    }

    @Override
    public PolicyModule load(byte[] wasm) throws ModuleException {
        var digest = digest(wasm);
        var mine = new CompletableFuture<PolicyModule>();
        var earlier = modules.putIfAbsent(digest, mine);
        if (earlier != null) {
            return join(earlier);
        }
        try {
            var module = read(wasm, digest);
            mine.complete(module);
            return module;
        } catch (ModuleException | RuntimeException | Error e) {
            modules.remove(digest, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    private static PolicyModule join(CompletableFuture<PolicyModule> module)
            throws ModuleException {
        try {
            return module.join();
        } catch (CompletionException e) {
            throw new ModuleException(
                    String.valueOf(
                            e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
                    e);
        }
    }

    private PolicyModule read(byte[] wasm, String digest) throws ModuleException {
        try {
            var binary = WasmBinary.of(wasm);
            var section = binary.customSection(MetadataReader.SECTION);
            var metadata =
                    section.isPresent()
                            ? MetadataReader.read(section.get())
                            : PolicyMetadata.DEFAULT;
            return switch (metadata.executionMode()) {
                case WASI -> wasi(binary, digest, metadata);
                case WAPC -> wapc(binary, digest, metadata, section.isPresent());
                case OPA -> rego(binary, digest, metadata, RegoPolicyModule.Dialect.OPA);
                case GATEKEEPER ->
                        rego(binary, digest, metadata, RegoPolicyModule.Dialect.GATEKEEPER);
            };
        } catch (MalformedModuleException e) {
            throw new ModuleException(String.valueOf(e.getMessage()), e);
        }
    }

    private PolicyModule rego(
            WasmBinary binary,
            String digest,
            PolicyMetadata metadata,
            RegoPolicyModule.Dialect dialect)
            throws ModuleException {
        var decoded = DecodedModule.of(binary);
        RegoProgram.check(decoded);
        var module = new TieredModule(binary, decoded, compiler);
        return new RegoPolicyModule(
                digest,
                metadata,
                dialect,
                module,
                new RegoProgram(digest, module, decoded, watchdog, idleGuests, highestLevel),
                watchdog);
    }

    private PolicyModule wasi(WasmBinary binary, String digest, PolicyMetadata metadata)
            throws ModuleException {
        var decoded = DecodedModule.of(binary);
        checkCommand(decoded);
        var trials =
                Map.of(
                        GuestCommand.VALIDATE,
                        WarmUpRequests.payloads(metadata, NO_SETTINGS),
                        GuestCommand.VALIDATE_SETTINGS,
                        List.of(NO_SETTINGS));
        var module = new TieredModule(binary, decoded, compiler);
        return new WasiPolicyModule(
                digest,
                metadata,
                new WasiProgram(module, decoded, watchdog, trials, idleGuests, highestLevel));
    }

    private PolicyModule wapc(
            WasmBinary binary, String digest, PolicyMetadata metadata, boolean hasMetadata)
            throws ModuleException {
        checkProtocol(metadata, hasMetadata);
        var decoded = DecodedModule.of(binary);
        var defects = WapcProgram.defects(decoded);
        if (!defects.isEmpty()) {
            throw new ModuleException(String.join("; ", defects));
        }
        var trials =
                Map.of(
                        Operation.VALIDATE,
                        WarmUpRequests.payloads(metadata, NO_SETTINGS),
                        Operation.VALIDATE_SETTINGS,
                        List.of(NO_SETTINGS));
        var module = new TieredModule(binary, decoded, compiler);
        return new WapcPolicyModule(
                digest,
                metadata,
                new WapcProgram(
                        digest, module, decoded, watchdog, trials, idleGuests, highestLevel));
    }

    private static void checkProtocol(PolicyMetadata metadata, boolean hasMetadata)
            throws ModuleException {
        if (metadata.protocolVersion() == null) {
            throw new ModuleException(
                    "Policy is missing protocol version, which is required for KubewardenWapc"
                            + " execution mode"
                            + (hasMetadata
                                    ? ""
                                    : " (the module has no "
                                            + MetadataReader.SECTION
                                            + " section: annotate it)"));
        }
        if (!metadata.protocolVersion().equals("v1")) {
            throw new ModuleException(
                    "Policy protocol version "
                            + metadata.protocolVersion()
                            + " cannot be used in KubewardenWapc execution mode, only V1 is"
                            + " supported");
        }
    }

    private static void checkCommand(DecodedModule decoded) throws ModuleException {
        var unknown = WasiProgram.unknownImports(decoded);
        if (!unknown.isEmpty()) {
            throw new ModuleException(
                    "module imports what this host does not offer: " + String.join(", ", unknown));
        }
        var start = decoded.exportedFunction("_start");
        if (start.isEmpty() || !decoded.isCommand(start.getAsInt())) {
            throw new ModuleException(
                    "module does not export a function _start without parameters and results");
        }
        if (!decoded.exportsMemory("memory")) {
            throw new ModuleException("module does not export its memory as \"memory\"");
        }
    }

    private static String digest(byte[] wasm) {
        try {
            return "sha256:"
                    + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wasm));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        compiler.shutdownNow();
        watchdog.close();
    }
}
