package dev.portcullis.gateway.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.portcullis.gateway.FakeModule;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyEngine;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy-server §8 and §9. A module's bytes tell the fake engine what to make of them. */
class PolicyLoaderTest {
    @TempDir private Path folder;

    private static final class FakeEngine implements PolicyEngine {
        @Override
        public PolicyModule load(byte[] wasm) throws ModuleException {
            String text = new String(wasm, UTF_8);
            return switch (text) {
                case "good" -> module(new SettingsEvaluation.Valid(), null);
                case "bad" -> throw new ModuleException("invalid wasm file");
                case "broken" -> throw new IllegalStateException("engine on fire");
                case "refuses" -> module(new SettingsEvaluation.Invalid("too short"), null);
                case "refuses silently" -> module(new SettingsEvaluation.Invalid(null), null);
                case "traps" ->
                        module(
                                new SettingsEvaluation.Failed(FailureReason.TRAP, "unreachable"),
                                null);
                default -> module(new SettingsEvaluation.Valid(), text);
            };
        }

        private static FakeModule module(SettingsEvaluation settings, @Nullable String minimum) {
            PolicyMetadata plain = PolicyMetadata.DEFAULT;
            return new FakeModule(
                    (payload, context) -> FakeModule.accept(),
                    settings,
                    new PolicyMetadata(
                            null,
                            List.of(),
                            false,
                            null,
                            true,
                            plain.executionMode(),
                            plain.policyType(),
                            List.of(),
                            null,
                            minimum));
        }

        @Override
        public void close() {}
    }

    private PolicyEntry entry(String id, String content) throws Exception {
        Path module = Files.writeString(folder.resolve(id + ".wasm"), content);
        return entry(id, module);
    }

    private static PolicyEntry entry(String id, Path module) {
        return new PolicyEntry(
                id,
                "file://" + module,
                module,
                PolicyEntry.Mode.PROTECT,
                false,
                Settings.NONE,
                java.util.Set.of(),
                List.of(),
                null,
                null);
    }

    private static Policies load(PolicyEntry... entries) throws Exception {
        return new PolicyLoader(
                        new FakeEngine(),
                        entry -> new CapabilityAccess.Granted(HostCalls.NONE, ContextData.NONE),
                        GuestLimits.DEFAULT,
                        2)
                .load(List.of(entries));
    }

    private Policy.Broken broken(String content) throws Exception {
        Policy policy = Objects.requireNonNull(load(entry("p", content)).named("p"));
        assertThat(policy).isInstanceOf(Policy.Broken.class);
        return (Policy.Broken) policy;
    }

    @Test
    void aGoodPolicyIsReady() throws Exception {
        Policies policies = load(entry("p", "good"));
        assertThat(policies.named("p")).isInstanceOf(Policy.Ready.class);
        assertThat(policies.broken()).isEmpty();
        assertThat(policies.named("q")).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bad | bootstrap failure: p: invalid wasm file",
                "broken | bootstrap failure: p: the module cannot be prepared:"
                        + " java.lang.IllegalStateException: engine on fire",
                "1.37.0 | bootstrap failure: p: Policy required Kubewarden version 1.37.0 but is"
                        + " running on 1.36.0",
                "2.0.0 | bootstrap failure: p: Policy required Kubewarden version 2.0.0 but is"
                        + " running on 1.36.0",
                "newest | bootstrap failure: p: minimumKubewardenVersion 'newest' is no version",
            })
    void aModuleThatCannotBeUsedCountsAsUnknown(String content, String message) throws Exception {
        Policy.Broken broken = broken(content);
        assertThat(broken.message()).startsWith(message);
        assertThat(broken.known()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1.36.0", "1.36.99", "1.35.0", "0.99.0", "1.36.0-beta.1"})
    void anOlderMinimumVersionIsFine(String minimum) throws Exception {
        assertThat(load(entry("p", minimum)).broken()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "refuses | Policy settings are invalid: too short",
                "refuses silently | Policy settings are invalid: no message",
                "traps | Policy settings are invalid: unreachable",
            })
    void refusedSettingsLeaveAPolicyThatIsKnown(String content, String message) throws Exception {
        Policy.Broken broken = broken(content);
        assertThat(broken.message()).isEqualTo(message);
        assertThat(broken.known()).isTrue();
    }

    @Test
    void aMissingModuleIsNamedWithItsUrl() throws Exception {
        Path module = folder.resolve("none.wasm");
        Policy policy = load(entry("p", module)).named("p");
        assertThat(policy)
                .isEqualTo(
                        new Policy.Broken(
                                "p",
                                "file://" + module,
                                "bootstrap failure: p: Error while downloading policy 'p' from"
                                        + " file://"
                                        + module
                                        + ": no such file: "
                                        + module,
                                false));
    }

    @Test
    void everyBrokenPolicyIsReportedAndTheOthersLoad() throws Exception {
        Policies policies = load(entry("a", "bad"), entry("b", "good"), entry("c", "traps"));
        assertThat(policies.broken()).extracting(Policy.Broken::id).containsExactly("a", "c");
        assertThat(policies.named("b")).isInstanceOf(Policy.Ready.class);
    }

    @Test
    void aGrantThatMakesNoSenseIsAnErrorWhateverTheOperatorTolerates() throws Exception {
        PolicyLoader loader =
                new PolicyLoader(
                        new FakeEngine(),
                        entry -> {
                            throw new GrantException("unknown segment 'x'", new Exception());
                        },
                        GuestLimits.DEFAULT,
                        2);
        List<PolicyEntry> entries = List.of(entry("p", "good"));
        assertThatExceptionOfType(LoadException.class)
                .isThrownBy(() -> loader.load(entries))
                .withMessage("invalid hostCapabilities pattern for policy p: unknown segment 'x'");
    }
}
