package dev.portcullis.gateway.policy;

import dev.portcullis.gateway.policy.CapabilityAccess.Granted;
import dev.portcullis.gateway.trace.Span;
import dev.portcullis.gateway.trace.Spans;
import dev.portcullis.host.ComputePermits;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.EvaluationContext;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyEngine;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes policies ready: reads their modules, has them prepared, and asks each policy whether it can
 * work with its settings (policy-server §8, §9).
 */
public final class PolicyLoader {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyLoader.class);

    /** A cold start of a large module is slow, and nobody waits for an answer yet. */
    private static final Duration SETTINGS_TIMEOUT = Duration.ofSeconds(30);

    private static final long LARGEST_MODULE = 256L << 20;

    private final PolicyEngine engine;
    private final CapabilityAccess capabilities;
    private final GuestLimits limits;
    private final int parallel;
    private final Spans spans;

    /**
     * A loader.
     *
     * @param parallel how many policies are prepared at the same time
     * @param spans follow the work
     */
    public PolicyLoader(
            PolicyEngine engine,
            CapabilityAccess capabilities,
            GuestLimits limits,
            int parallel,
            Spans spans) {
        this.engine = engine;
        this.capabilities = capabilities;
        this.limits = limits;
        this.parallel = parallel;
        this.spans = spans;
    }

    /**
     * Loads every policy; one that fails does not keep the others from being tried.
     *
     * @throws LoadException when a grant makes no sense, which no operator can want to ignore
     */
    public Policies load(List<? extends Entry> entries) throws LoadException, InterruptedException {
        List<Callable<Policy>> tasks = new ArrayList<>();
        for (Entry entry : entries) {
            switch (entry) {
                case PolicyEntry policy -> {
                    Granted granted = grantedTo(policy);
                    tasks.add(() -> load(policy, granted, policy.id()));
                }
                case GroupEntry group -> {
                    for (GroupEntry.Member member : group.members()) {
                        Granted granted = grantedTo(member.entry());
                        String name = group.id() + "/#" + member.name();
                        tasks.add(() -> load(member.entry(), granted, name));
                    }
                }
            }
        }
        Map<String, Policy> policies = new LinkedHashMap<>();
        for (Policy policy : loaded(tasks)) {
            policies.put(policy.id(), policy);
        }
        for (Entry entry : entries) {
            if (entry instanceof GroupEntry group) {
                policies.put(group.id(), GroupAssembly.of(group, policies));
            }
        }
        return new Policies(policies.values());
    }

    private List<Policy> loaded(List<Callable<Policy>> tasks)
            throws LoadException, InterruptedException {
        List<Policy> policies = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(parallel)) {
            for (Future<Policy> policy : executor.invokeAll(tasks)) {
                policies.add(policy.get());
            }
        } catch (ExecutionException e) {
            throw new LoadException("policies cannot be loaded: " + e.getCause(), e);
        }
        return policies;
    }

    private Granted grantedTo(PolicyEntry entry) throws LoadException {
        try {
            return capabilities.of(entry);
        } catch (GrantException e) {
            throw new LoadException(
                    "invalid hostCapabilities pattern for policy "
                            + entry.id()
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Loads one policy; the name is what it is called where its module cannot be read. */
    private Policy load(PolicyEntry entry, Granted granted, String name) {
        PolicyModule module;
        try {
            module = engine.load(bytesOf(entry, name));
            KubewardenVersion.check(module.metadata().minimumKubewardenVersion());
        } catch (ModuleException e) {
            return bootstrapFailure(entry, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("policy_id", entry.id())
                    .log("the module of a policy cannot be prepared");
            return bootstrapFailure(entry, "the module cannot be prepared: " + e);
        }
        Policy.Ready ready =
                new Policy.Ready(entry, module, granted.hostCalls(), granted.contextData());
        return switch (settingsVerdict(ready)) {
            case SettingsEvaluation.Valid() -> prepared(ready);
            case SettingsEvaluation.Invalid(var message) ->
                    refusedSettings(entry, message == null ? "no message" : message);
            case SettingsEvaluation.Failed(_, var message) -> refusedSettings(entry, message);
        };
    }

    /** A policy that cannot be tried beforehand is only slower at first. */
    private static Policy prepared(Policy.Ready policy) {
        try {
            policy.module().prepare(policy.entry().settings().json());
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("policy_id", policy.id())
                    .log("a policy could not be prepared for its first request");
        }
        StartLevel level = policy.module().startLevel();
        LOG.atInfo()
                .addKeyValue("policy_id", policy.id())
                .addKeyValue("module", policy.module().digest())
                .addKeyValue("start", level.kind())
                .addKeyValue("start_reason", level.reason())
                .log("policy loaded");
        return policy;
    }

    private SettingsEvaluation settingsVerdict(Policy.Ready policy) {
        EvaluationContext context =
                new EvaluationContext(
                        policy.hostCalls(),
                        ComputePermits.UNBOUNDED,
                        limits,
                        Deadline.in(SETTINGS_TIMEOUT));
        Span span =
                spans.begin("validate_settings")
                        .put("policy_id", policy.id())
                        .put("runtime", policy.module().metadata().executionMode().wireName());
        try {
            return span.finish(() ->
                    policy.module().validateSettings(policy.entry().settings().json(), context));
        } catch (RuntimeException | Error e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("policy_id", policy.id())
                    .log("the settings of a policy cannot be validated");
            return new SettingsEvaluation.Invalid("the settings cannot be validated: " + e);
        }
    }

    private static byte[] bytesOf(PolicyEntry entry, String name) throws ModuleException {
        try {
            if (Files.isRegularFile(entry.module())
                    && Files.size(entry.module()) > LARGEST_MODULE) {
                throw unreadable(entry, name, "the file is larger than 256 MiB", null);
            }
            return Files.readAllBytes(entry.module());
        } catch (NoSuchFileException e) {
            throw unreadable(entry, name, "no such file: " + entry.module(), e);
        } catch (IOException e) {
            throw unreadable(entry, name, String.valueOf(e.getMessage()), e);
        }
    }

    private static ModuleException unreadable(
            PolicyEntry entry, String name, String cause, @Nullable Throwable reason) {
        String message =
                "Error while downloading policy '%s' from %s: %s"
                        .formatted(name, entry.url(), cause);
        return reason == null ? new ModuleException(message) : new ModuleException(message, reason);
    }

    private static Policy bootstrapFailure(PolicyEntry entry, String cause) {
        return new Policy.Broken(
                entry.id(), entry.url(), "bootstrap failure: " + entry.id() + ": " + cause, false);
    }

    private static Policy refusedSettings(PolicyEntry entry, String message) {
        return new Policy.Broken(
                entry.id(), entry.url(), "Policy settings are invalid: " + message, true);
    }
}
