package dev.portcullis.gateway.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.portcullis.host.PolicyMetadata;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy-server §3, and what is said about mistakes. */
class PoliciesFileTest {
    @TempDir private Path folder;

    private List<PolicyEntry> read(String text) throws Exception {
        return readAll(text).stream().map(PolicyEntry.class::cast).toList();
    }

    private List<Entry> readAll(String text) throws Exception {
        return PoliciesFile.read(Files.writeString(folder.resolve("policies.yml"), text));
    }

    private PolicyEntry readOne(String keys) throws Exception {
        return read("p: {module: 'file:///m.wasm', " + keys + "}").getFirst();
    }

    private String refused(String text) throws Exception {
        Path file = Files.writeString(folder.resolve("policies.yml"), text);
        Throwable failure =
                assertThatExceptionOfType(PoliciesFileException.class)
                        .isThrownBy(() -> PoliciesFile.read(file))
                        .actual();
        String message = String.valueOf(failure.getMessage());
        String prefix = "error while loading policies from \"" + file + "\": ";
        assertThat(message).startsWith(prefix);
        return message.substring(prefix.length());
    }

    private static String json(Settings settings) {
        return new String(settings.json(), UTF_8);
    }

    @Test
    void anEntryHasEveryKeyOfTheReference() throws Exception {
        PolicyEntry entry =
                read("""
                labels:
                  module: file:///opt/labels.wasm
                  policyMode: monitor
                  allowedToMutate: true
                  settings:
                    list: [a, 1, 2.50, true, null]
                    nested: {x: {y: z}}
                  contextAwareResources:
                    - apiVersion: v1
                      kind: Namespace
                    - {apiVersion: apps/v1, kind: Deployment}
                  message: "no: really"
                  timeoutEvalSeconds: 5
                  hostCapabilities: ["oci/*", kubernetes/can_i]
                  namespacedName: {namespace: "", name: labels}
                """)
                        .getFirst();
        assertThat(entry)
                .usingRecursiveComparison()
                .isEqualTo(
                        new PolicyEntry(
                                "labels",
                                "file:///opt/labels.wasm",
                                Path.of("/opt/labels.wasm"),
                                Entry.Mode.MONITOR,
                                true,
                                new Settings(
                                        "{\"list\":[\"a\",1,2.50,true,null],\"nested\":{\"x\":{\"y\":\"z\"}}}"
                                                .getBytes(UTF_8)),
                                Set.of(
                                        new PolicyMetadata.Resource("v1", "Namespace"),
                                        new PolicyMetadata.Resource("apps/v1", "Deployment")),
                                List.of("oci/*", "kubernetes/can_i"),
                                "no: really",
                                Duration.ofSeconds(5)));
    }

    @Test
    void aGroupHasEveryKeyOfTheReference() throws Exception {
        GroupEntry group =
                (GroupEntry)
                        readAll(
                                        """
                                        pods:
                                          policyMode: monitor
                                          policies:
                                            plain: {module: file:///plain.wasm}
                                            full:
                                              module: file:///full.wasm
                                              settings: {a: 1}
                                              contextAwareResources: [{apiVersion: v1, kind: Pod}]
                                              timeoutEvalSeconds: 3
                                              hostCapabilities: ["*"]
                                          expression: plain() && full()
                                          message: no pods
                                          namespacedName: {Namespace: "", Name: pods}
                                        """)
                                .getFirst();
        assertThat(group)
                .usingRecursiveComparison()
                .isEqualTo(
                        new GroupEntry(
                                "pods",
                                Entry.Mode.MONITOR,
                                "plain() && full()",
                                "no pods",
                                List.of(
                                        new GroupEntry.Member("plain", member("plain")),
                                        new GroupEntry.Member(
                                                "full",
                                                new PolicyEntry(
                                                        "pods/full",
                                                        "file:///full.wasm",
                                                        Path.of("/full.wasm"),
                                                        Entry.Mode.PROTECT,
                                                        false,
                                                        new Settings("{\"a\":1}".getBytes(UTF_8)),
                                                        Set.of(
                                                                new PolicyMetadata.Resource(
                                                                        "v1", "Pod")),
                                                        List.of("*"),
                                                        null,
                                                        Duration.ofSeconds(3))))));
    }

    /** A member of which the file says no more than its module. */
    private static PolicyEntry member(String name) {
        return new PolicyEntry(
                "pods/" + name,
                "file:///" + name + ".wasm",
                Path.of("/" + name + ".wasm"),
                Entry.Mode.PROTECT,
                false,
                Settings.NONE,
                Set.of(),
                List.of(),
                null,
                null);
    }

    @Test
    void policiesAndGroupsStandSideBySideInTheOrderOfTheFile() throws Exception {
        String member = "{a: {module: file://m, settings: null, timeoutEvalSeconds: null}}";
        String group = "{policies: " + member + ", expression: a(), message: ''}";
        List<Entry> entries =
                readAll("z: {module: file://m}\ng: " + group + "\na: {module: file://m}\n");
        assertThat(entries).extracting(Entry::id).containsExactly("z", "g", "a");
        assertThat(entries).extracting(Entry::mode).containsOnly(Entry.Mode.PROTECT);
    }

    @Test
    void onlyTheModuleIsRequired() throws Exception {
        PolicyEntry entry = read("p:\n  module: file://m.wasm\n").getFirst();
        assertThat(entry.mode()).isEqualTo(Entry.Mode.PROTECT);
        assertThat(entry.allowedToMutate()).isFalse();
        assertThat(json(entry.settings())).isEqualTo("{}");
        assertThat(entry.contextAwareResources()).isEmpty();
        assertThat(entry.hostCapabilities()).isEmpty();
        assertThat(entry.message()).isNull();
        assertThat(entry.timeout()).isNull();
    }

    @Test
    void theControllersJsonIsRead() throws Exception {
        String json =
                "{\"clusterwide-p\":{\"namespacedName\":{\"Namespace\":\"\",\"Name\":\"p\"},"
                        + "\"module\":\"file:///m\\u0026.wasm\",\"policyMode\":\"protect\","
                        + "\"allowedToMutate\":false,\"settings\":{\"a\":\"\\/\\ud83d\\ude00\"},"
                        + "\"hostCapabilities\":[\"*\"]}}";
        PolicyEntry entry = read(json).getFirst();
        assertThat(entry.id()).isEqualTo("clusterwide-p");
        assertThat(entry.module()).isEqualTo(Path.of("/m&.wasm"));
        assertThat(json(entry.settings())).isEqualTo("{\"a\":\"/😀\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "settings: {}", "settings: null", "settings:", "settings: ~"})
    void missingNullAndEmptySettingsAreEqual(String key) throws Exception {
        assertThat(json(readOne(key).settings())).isEqualTo("{}");
    }

    @Test
    void keysThatMayBeNullCountAsAbsent() throws Exception {
        PolicyEntry entry =
                readOne(
                        "allowedToMutate: null, message: null, timeoutEvalSeconds: null,"
                                + " hostCapabilities: null, contextAwareResources: null");
        assertThat(entry).usingRecursiveComparison().isEqualTo(readOne(""));
    }

    @Test
    void scalarsAreThoseOfYaml12() throws Exception {
        PolicyEntry entry =
                readOne("settings: {a: yes, b: 0755, c: 1_000, d: 0x1F, e: 0o17, f: True, g: '1'}");
        assertThat(json(entry.settings()))
                .isEqualTo(
                        "{\"a\":\"yes\",\"b\":755,\"c\":\"1_000\",\"d\":31,\"e\":15,\"f\":true,"
                                + "\"g\":\"1\"}");
    }

    @Test
    void anchorsAreFollowed() throws Exception {
        assertThat(json(readOne("settings: {a: &x {b: 1}, c: *x}").settings()))
                .isEqualTo("{\"a\":{\"b\":1},\"c\":{\"b\":1}}");
    }

    @Test
    void aBombOfAliasesIsRefused() throws Exception {
        StringBuilder bomb =
                new StringBuilder("p:\n  module: file://m\n  settings:\n    l0: &l0 x\n");
        for (int i = 1; i < 40; i++) {
            bomb.append("    l%d: &l%d [*l%d, *l%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThat(refused(bomb.toString())).contains("'settings' of policy 'p' hold more than");
    }

    @Test
    void anEndlessValueIsRefused() throws Exception {
        assertThat(refused("p:\n  module: file://m\n  settings: &s\n    again: *s\n"))
                .contains("'settings' of policy 'p' nest deeper than 100 levels");
    }

    @Test
    void nestingWithoutEndIsRefused() throws Exception {
        assertThat(refused("[".repeat(200_000))).isNotEmpty();
    }

    @Test
    void relativeModulesStartAtTheFolderOfTheFile() throws Exception {
        assertThat(read("p: {module: 'file://../m/x.wasm'}").getFirst().module())
                .isEqualTo(folder.resolveSibling("m").resolve("x.wasm"));
    }

    @ParameterizedTest
    @CsvSource({
        "file:///a%20b.wasm, /a b.wasm",
        "file:///a b.wasm, /a b.wasm",
        "file:///a#b.wasm, /a#b.wasm",
        "file:///a%zz.wasm, /a%zz.wasm",
    })
    void moduleUrlsAreDecodedWhereTheyAreUrls(String url, String path) throws Exception {
        assertThat(read("p: {module: '" + url + "'}").getFirst().module()).isEqualTo(Path.of(path));
    }

    @Test
    void anEmptyMapHasNoPolicies() throws Exception {
        assertThat(read("{}")).isEmpty();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "p: {module: 3} | line 2, column 13: 'module' of policy 'p' must be a string, not a"
                        + " whole number",
                "p: {} | line 2, column 4: policy 'p' has no 'module'",
                "p: 7 | line 2, column 4: policy 'p' must be a mapping, not a whole number",
                "p: {module: file://m, mode: x} | line 2, column 23: unknown key 'mode' in policy"
                        + " 'p'",
                "p: {module: file://m, policyMode: Monitor} | line 2, column 35: 'policyMode' of"
                        + " policy 'p' must be protect or monitor",
                "p: {module: file://m, policyMode: null} | line 2, column 35: 'policyMode' of"
                        + " policy 'p' must be a string, not null",
                "p: {module: file://m, allowedToMutate: yes} | line 2, column 40: 'allowedToMutate'"
                        + " of policy 'p' must be true or false, not a string",
                "p: {module: file://m, settings: [1]} | line 2, column 33: 'settings' of policy 'p'"
                        + " must be a mapping, not a list",
                "p: {module: file://m, settings: {a: .nan}} | line 2, column 37: a number in"
                        + " 'settings' of policy 'p' does not exist in JSON",
                "p: {module: file://m, settings: {1: a}} | line 2, column 34: a key in 'settings' of"
                        + " policy 'p' must be a string",
                "p: {module: file://m, settings: {a: 1, a: 2}} | line 2, column 40: 'a' appears"
                        + " twice in 'settings' of policy 'p', first on line 2",
                "p: {module: file://m, settings: {a: !foo x}} | line 2, column 37: a value of type",
                "p: {module: file://m, message: 1} | line 2, column 32: 'message' of policy 'p' must"
                        + " be a string, not a whole number",
                "p: {module: file://m, timeoutEvalSeconds: 1.5} | line 2, column 43:"
                        + " 'timeoutEvalSeconds' of policy 'p' must be a whole number of seconds,"
                        + " not a number with a fraction",
                "p: {module: file://m, timeoutEvalSeconds: -1} | line 2, column 43:"
                        + " 'timeoutEvalSeconds' of policy 'p' must be a whole number of seconds,"
                        + " not -1",
                "p: {module: file://m, hostCapabilities: '*'} | line 2, column 41:"
                        + " 'hostCapabilities' of policy 'p' must be a list, not a string",
                "p: {module: file://m, hostCapabilities: [1]} | line 2, column 42: an element of"
                        + " 'hostCapabilities' of policy 'p' must be a string",
                "p: {module: file://m, contextAwareResources: [{kind: Pod}]} | line 2, column 47: an"
                        + " element of 'contextAwareResources' of policy 'p' has no 'apiVersion'",
                "p: {module: file://m, contextAwareResources: [{kind: P, apiVersion: v1, x: 1}]} |"
                        + " line 2, column 73: unknown key 'x' in an element of",
                "p: {module: file://m, policies: {}} | line 2, column 5: policy 'p' has a 'module'"
                        + " and is a group as well",
                "p: {module: file://m, expression: a()} | line 2, column 5: policy 'p' has a"
                        + " 'module' and is a group as well",
                "p: {policies: {}, expression: 'a()', message: no} | line 2, column 15: 'policies'"
                        + " of policy group 'p' must name at least one policy",
                "p: {policies: [], expression: 'a()', message: no} | line 2, column 15: 'policies'"
                        + " of policy group 'p' must be a mapping, not a list",
                "p: {expression: 'a()', message: no} | line 2, column 4: policy group 'p' has no"
                        + " 'policies'",
                "p: {policies: {a: {module: file://m}}, message: no} | line 2, column 4: policy"
                        + " group 'p' has no 'expression'",
                "p: {policies: {a: {module: file://m}}, expression: 1, message: no} | line 2, column"
                        + " 52: 'expression' of policy group 'p' must be a string, not a whole"
                        + " number",
                "p: {policies: {a: {module: file://m}}, expression: a()} | line 2, column 4: policy"
                        + " group 'p' has no 'message'",
                "p: {policies: {a: {module: file://m}}, expression: a(), message: null} | 'message'"
                        + " of policy group 'p' must be a string, not null",
                "p: {policies: {a: {module: file://m}}, allowedToMutate: false} | line 2, column"
                        + " 40: unknown key 'allowedToMutate' in policy group 'p'; possible are"
                        + " expression, message, namespacedName, policies, policyMode",
                "p: {policies: {a: {}}, expression: a(), message: no} | line 2, column 19: member"
                        + " 'a' of policy group 'p' has no 'module'",
                "p: {policies: {a: null}, expression: a(), message: no} | line 2, column 19: member"
                        + " 'a' of policy group 'p' must be a mapping, not null",
                "p: {policies: {a: {module: file://m, policyMode: protect}}, expression: a()} | line"
                        + " 2, column 38: unknown key 'policyMode' in member 'a' of policy group"
                        + " 'p'; possible are contextAwareResources, hostCapabilities, module,"
                        + " settings, timeoutEvalSeconds",
                "p: {policies: {a: {module: file://m, message: m}}} | unknown key 'message' in",
                "p: {policies: {a: {module: file://m, allowedToMutate: true}}} | unknown key",
                "p: {policies: {a: {module: file://m, namespacedName: {}}}} | unknown key",
                "p: {policies: {a: {module: file://m, timeoutEvalSeconds: x}}} |"
                        + " 'timeoutEvalSeconds' of member 'a' of policy group 'p' must be a whole"
                        + " number of seconds, not a string",
                "p: {policies: {a/b: {module: file://m}, c: {module: file://m}, '': {}}} | line 2,"
                        + " column 16: policy group 'p' contains policies with invalid names:"
                        + " [\"a/b\", \"\"]",
                "p: {module: 'registry://ghcr.io/p:1'} | line 2, column 13: 'module' of policy 'p'"
                        + " is 'registry://ghcr.io/p:1': only file:// modules are supported by this"
                        + " version of Portcullis",
                "p: {module: 'https://x/p.wasm'} | only file:// modules are supported",
                "p: {module: /m.wasm} | only file:// modules are supported",
                "p: {module: 'file://'} | line 2, column 13: 'module' of policy 'p' names no file",
                "a/b: {module: file://m} | line 2, column 1: policy name 'a/b' contains a '/'"
                        + " character",
                "'': {module: file://m} | line 2, column 1: policy name must not be empty",
                "[p] | line 2, column 1: the policies file must be a mapping, not a list",
                "p: [ | line 3, column 1:",
                "p: \t- x | line 2, column",
                "p: *nowhere | line 2, column 4: found undefined alias nowhere",
            })
    void aMistakeIsNamedWithItsPlace(String text, String message) throws Exception {
        assertThat(refused("# the policies\n" + text + "\n"))
                .contains(message.strip())
                .startsWith("line ")
                .doesNotContain("\n");
    }

    @Test
    void aNameThatComesTwiceIsNamedWithBothLines() throws Exception {
        assertThat(refused("p: {module: file://a}\nq: {module: file://a}\np: {module: file://b}\n"))
                .isEqualTo(
                        "line 3, column 1: 'p' appears twice in the policies file, first on line"
                                + " 1");
    }

    @Test
    void aKeyThatComesTwiceIsNamedWithBothLines() throws Exception {
        assertThat(refused("p:\n  module: file://a\n  module: file://b\n"))
                .isEqualTo(
                        "line 3, column 3: 'module' appears twice in policy 'p', first on line 2");
    }

    @Test
    void aSecondDocumentIsRefused() throws Exception {
        assertThat(refused("{}\n---\n{}\n")).contains("document");
    }

    @Test
    void anEmptyFileIsRefused() throws Exception {
        assertThat(refused("# nothing\n")).isEqualTo("the file is empty; write {} for no policies");
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("none.yml");
        assertThatExceptionOfType(PoliciesFileException.class)
                .isThrownBy(() -> PoliciesFile.read(file))
                .withMessage("error while loading policies from \"" + file + "\": no such file");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws Exception {
        Path file = Files.write(folder.resolve("p.yml"), new byte[] {'a', ':', (byte) 0xff});
        assertThatExceptionOfType(PoliciesFileException.class)
                .isThrownBy(() -> PoliciesFile.read(file));
    }

    @Test
    void whatIsWrongIsSaidWithoutQuotingTheLine() throws Exception {
        assertThat(refused("p:\n  module: file://m\n  settings:\n    token: \"s3cret\" x\n"))
                .doesNotContain("s3cret");
    }

    @Test
    void settingsAreNotPrinted() throws Exception {
        assertThat(readOne("settings: {token: s3cret}").toString()).doesNotContain("s3cret");
    }
}
