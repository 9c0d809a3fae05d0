package dev.portcullis.gateway.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.portcullis.gateway.FakeModule;
import dev.portcullis.gateway.trace.Spans;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
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
                Entry.Mode.PROTECT,
                false,
                Settings.NONE,
                java.util.Set.of(),
                List.of(),
                null,
                null);
    }

    private static Policies load(Entry... entries) throws Exception {
        return new PolicyLoader(
                        new FakeEngine(),
                        entry -> new CapabilityAccess.Granted(HostCalls.NONE, ContextData.NONE),
                        GuestLimits.DEFAULT,
                        2,
                        Spans.unexported())
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

    private GroupEntry group(String expression, String... contents) throws Exception {
        List<GroupEntry.Member> members = new ArrayList<>();
        for (int i = 0; i < contents.length; i++) {
            String name = "m" + i;
            Path module = Files.writeString(folder.resolve(name + ".wasm"), contents[i]);
            members.add(new GroupEntry.Member(name, entry("g/" + name, module)));
        }
        return new GroupEntry("g", Entry.Mode.PROTECT, expression, "no", members);
    }

    private Policy.Broken brokenGroup(GroupEntry group) throws Exception {
        Policies policies = load(entry("p", "good"), group);
        assertThat(policies.named("p")).as("the others load").isInstanceOf(Policy.Ready.class);
        assertThat(policies.broken()).extracting(Policy.Broken::id).containsExactly("g");
        return policies.broken().getFirst();
    }

    @Test
    void aGoodGroupIsReadyAndSoAreItsMembers() throws Exception {
        Policies policies = load(group("m0() && m1()", "good", "1.36.0"));
        assertThat(policies.broken()).isEmpty();
        assertThat(policies.size()).isEqualTo(1);
        assertThat(policies.named("g"))
                .isInstanceOfSatisfying(
                        Policy.Group.class,
                        group -> {
                            assertThat(group.members()).containsOnlyKeys("m0", "m1");
                            assertThat(group.members().get("m0")).isSameAs(policies.named("g/m0"));
                        });
        assertThat(policies.named("m0")).isNull();
    }

    @Test
    void aGroupMayHaveAMemberOfItsOwnName() throws Exception {
        Path module = Files.writeString(folder.resolve("g.wasm"), "good");
        GroupEntry.Member member = new GroupEntry.Member("g", entry("g/g", module));
        GroupEntry group = new GroupEntry("g", Entry.Mode.PROTECT, "g()", "no", List.of(member));
        assertThat(load(group).named("g")).isInstanceOf(Policy.Group.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "bad | bootstrap failure: g/m1: invalid wasm file | false",
                "2.0.0 | bootstrap failure: g/m1: Policy required Kubewarden version 2.0.0 but is"
                        + " running on 1.36.0 | false",
                "refuses | Policy settings are invalid: too short | true",
                "refuses silently | Policy settings are invalid: no message | true",
                "traps | Policy settings are invalid: unreachable | true",
            })
    void aGroupWithAMemberThatCannotBeUsedIsBrokenAndSaysWhichAndWhy(
            String content, String reason, boolean known) throws Exception {
        Policy.Broken group = brokenGroup(group("m0() || m1()", "good", content));
        assertThat(group.message())
                .isEqualTo("policy group 'g' cannot be used: member 'm1': " + reason);
        assertThat(group.known()).isEqualTo(known);
        assertThat(group.url()).endsWith("m1.wasm");
    }

    @Test
    void aBrokenMemberThatIsNeverCalledBreaksItsGroupToo() throws Exception {
        assertThat(brokenGroup(group("m0()", "good", "refuses")).message())
                .contains("member 'm1': Policy settings are invalid: too short");
    }

    @Test
    void everyBrokenMemberIsNamed() throws Exception {
        Policy.Broken group = brokenGroup(group("m0() || m1()", "traps", "bad"));
        assertThat(group.message())
                .isEqualTo(
                        "policy group 'g' cannot be used: member 'm0': Policy settings are invalid:"
                                + " unreachable; member 'm1': bootstrap failure: g/m1: invalid"
                                + " wasm file");
        assertThat(group.known()).isFalse();
    }

    @Test
    void eachMemberOfABrokenGroupStillAnswersForItself() throws Exception {
        Policies policies = load(group("m0() || m1()", "good", "refuses"));
        assertThat(policies.named("g/m0")).isInstanceOf(Policy.Ready.class);
        assertThat(policies.named("g/m1")).isInstanceOf(Policy.Broken.class);
    }

    @Test
    void aMissingModuleOfAMemberIsNamedAsTheReferenceDoes() throws Exception {
        Path module = folder.resolve("none.wasm");
        GroupEntry.Member member = new GroupEntry.Member("m", entry("g/m", module));
        GroupEntry group = new GroupEntry("g", Entry.Mode.PROTECT, "m()", "no", List.of(member));
        assertThat(brokenGroup(group).message())
                .contains("Error while downloading policy 'g/#m' from file://" + module + ": no");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "m0() && m2(); line 1, column 9: there is no member 'm2'; the members are m0, m1",
                "m0() || g(); line 1, column 9: 'g' is this group itself",
                "m0() + 1; line 1, column 6: '+' cannot join a boolean and a whole number",
            })
    void anExpressionThatCannotBeUsedBreaksItsGroup(String expression, String reason)
            throws Exception {
        Policy.Broken group = brokenGroup(group(expression, "good", "good"));
        assertThat(group.message())
                .startsWith("error evaluating policy group expression: " + reason);
        assertThat(group.known()).isTrue();
    }

    @Test
    void theGrantsOfMembersAreTheirOwn() throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        new PolicyLoader(
                        new FakeEngine(),
                        entry -> {
                            asked.add(entry.id() + entry.hostCapabilities());
                            return new CapabilityAccess.Granted(HostCalls.NONE, ContextData.NONE);
                        },
                        GuestLimits.DEFAULT,
                        2,
                        Spans.unexported())
                .load(List.of(entry("p", "good"), group("m0()", "good", "good")));
        assertThat(asked).containsExactly("p[]", "g/m0[]", "g/m1[]");
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
                        2,
                        Spans.unexported());
        List<PolicyEntry> entries = List.of(entry("p", "good"));
        assertThatExceptionOfType(LoadException.class)
                .isThrownBy(() -> loader.load(entries))
                .withMessage("invalid hostCapabilities pattern for policy p: unknown segment 'x'");
    }
}
