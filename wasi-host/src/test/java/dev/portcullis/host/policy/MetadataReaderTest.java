package dev.portcullis.host.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyMetadata.ExecutionMode;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyMetadata.Resource;
import dev.portcullis.host.PolicyMetadata.Rule;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of guest-abi §1, row by row. */
class MetadataReaderTest {
    private static PolicyMetadata read(String json) {
        try {
            return MetadataReader.read(json.getBytes(StandardCharsets.UTF_8));
        } catch (ModuleException e) {
            throw new AssertionError(e);
        }
    }

    /** Metadata that has what is required and one more member. */
    private static PolicyMetadata with(String member) {
        return read(json(member));
    }

    private static String json(String member) {
        return "{\"rules\":[],\"mutating\":false," + member + "}";
    }

    private static void assertRefused(String json, String word) {
        assertThatThrownBy(() -> MetadataReader.read(json.getBytes(StandardCharsets.UTF_8)))
                .as(json)
                .isInstanceOf(ModuleException.class)
                .hasMessageStartingWith(
                        "cannot deserialize custom section `io.kubewarden.metadata` of wasm"
                                + " module: ")
                .hasMessageContaining(word);
    }

    @Test
    void everyFieldIsRead() {
        var metadata =
                read(
                        """
                        {
                          "protocolVersion": "v1",
                          "rules": [{
                            "apiGroups": ["", "apps"],
                            "apiVersions": ["v1"],
                            "resources": ["pods", "deployments/scale"],
                            "operations": ["CREATE", "UPDATE", "DELETE", "CONNECT", "*"]
                          }],
                          "mutating": true,
                          "annotations": {"io.kubewarden.policy.title": "t"},
                          "backgroundAudit": false,
                          "executionMode": "wasi",
                          "policyType": "raw",
                          "contextAwareResources": [{"apiVersion": "v1", "kind": "Namespace"}],
                          "hostCapabilities": ["kubernetes/*"],
                          "minimumKubewardenVersion": "1.20.0"
                        }
                        """);

        assertThat(metadata)
                .isEqualTo(
                        new PolicyMetadata(
                                "v1",
                                List.of(
                                        new Rule(
                                                List.of("", "apps"),
                                                List.of("v1"),
                                                List.of("pods", "deployments/scale"),
                                                List.of(
                                                        "CREATE", "UPDATE", "DELETE", "CONNECT",
                                                        "*"))),
                                true,
                                Map.of("io.kubewarden.policy.title", "t"),
                                false,
                                ExecutionMode.WASI,
                                PolicyType.RAW,
                                List.of(new Resource("v1", "Namespace")),
                                List.of("kubernetes/*"),
                                "1.20.0"));
    }

    @Test
    void whatIsAbsentGetsItsDefault() {
        var metadata = read("{\"rules\":[],\"mutating\":false}");

        assertThat(metadata).isEqualTo(PolicyMetadata.DEFAULT);
        assertThat(metadata.protocolVersion()).isNull();
        assertThat(metadata.annotations()).isNull();
        assertThat(metadata.backgroundAudit()).isTrue();
        assertThat(metadata.executionMode()).isEqualTo(ExecutionMode.WAPC);
        assertThat(metadata.policyType()).isEqualTo(PolicyType.KUBERNETES);
        assertThat(metadata.contextAwareResources()).isEmpty();
        assertThat(metadata.hostCapabilities()).isNull();
        assertThat(metadata.minimumKubewardenVersion()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "protocolVersion",
                "annotations",
                "hostCapabilities",
                "minimumKubewardenVersion"
            })
    void nullIsAbsentWhereTheTableAllowsIt(String field) {
        assertThat(with("\"" + field + "\":null")).isEqualTo(PolicyMetadata.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"backgroundAudit", "executionMode", "policyType", "contextAwareResources"})
    void nullIsAWrongTypeWhereTheTableDoesNotAllowIt(String field) {
        assertRefused(json("\"" + field + "\":null"), field);
    }

    @Test
    void unknownFieldsAreIgnoredEverywhere() {
        var metadata =
                read(
                        """
                        {"rules": [{"apiGroups": [], "apiVersions": [], "resources": [],
                                    "operations": [], "scope": "*"}],
                         "mutating": false,
                         "contextAwareResources": [{"apiVersion": "v1", "kind": "Pod", "x": 1}],
                         "somethingNew": {"a": [null]}}
                        """);

        assertThat(metadata.rules())
                .containsExactly(new Rule(List.of(), List.of(), List.of(), List.of()));
        assertThat(metadata.contextAwareResources()).containsExactly(new Resource("v1", "Pod"));
    }

    @Test
    void rulesAndMutatingAreRequired() {
        assertRefused("{\"mutating\":false}", "missing field `rules`");
        assertRefused("{\"rules\":null,\"mutating\":false}", "rules");
        assertRefused("{\"rules\":[]}", "missing field `mutating`");
        assertRefused("{\"rules\":[],\"mutating\":null}", "mutating");
    }

    @ParameterizedTest
    @ValueSource(strings = {"apiGroups", "apiVersions", "resources", "operations"})
    void everyPartOfARuleIsRequiredAndAListOfStrings(String part) {
        var rule =
                "{\"apiGroups\":[],\"apiVersions\":[],\"resources\":[],\"operations\":[],\"\":0}";

        assertRefused(
                rules(rule.replace("\"" + part + "\":[],", "")), "missing field `" + part + "`");
        for (var wrong : List.of("\"v1\"", "[1]", "[null]", "{}")) {
            assertRefused(
                    rules(rule.replace("\"" + part + "\":[]", "\"" + part + "\":" + wrong)), part);
        }
    }

    private static String rules(String rule) {
        return "{\"mutating\":false,\"rules\":[" + rule + "]}";
    }

    @Test
    void aRuleThatIsNoObjectIsRefused() {
        assertRefused(rules("\"pods\""), "missing field");
        assertRefused(rules("null"), "missing field");
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "PATCH", "", "**"})
    void anUnknownOperationIsNamed(String operation) {
        assertRefused(
                rules(
                        "{\"apiGroups\":[],\"apiVersions\":[],\"resources\":[],\"operations\":[\""
                                + operation
                                + "\"]}"),
                "operations: unknown operation " + operation);
    }

    @Test
    void theProtocolVersionIsOneOfTwoWords() {
        assertThat(with("\"protocolVersion\":\"Unknown\"").protocolVersion()).isEqualTo("Unknown");
        assertRefused(json("\"protocolVersion\":\"v2\""), "v2");
        assertRefused(json("\"protocolVersion\":\"V1\""), "V1");
        assertRefused(json("\"protocolVersion\":1"), "NUMBER");
    }

    @ParameterizedTest
    @CsvSource({"kubewarden-wapc, WAPC", "wasi, WASI", "opa, OPA", "gatekeeper, GATEKEEPER"})
    void everyExecutionModeHasItsName(String name, ExecutionMode mode) {
        assertThat(with("\"executionMode\":\"" + name + "\"").executionMode()).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({"kubernetes, KUBERNETES", "raw, RAW"})
    void everyPolicyTypeHasItsName(String name, PolicyType type) {
        assertThat(with("\"policyType\":\"" + name + "\"").policyType()).isEqualTo(type);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"executionMode\":\"WASI\"",
                "\"executionMode\":\"wapc\"",
                "\"executionMode\":2",
                "\"policyType\":\"Kubernetes\"",
                "\"policyType\":[]",
                "\"backgroundAudit\":\"true\"",
                "\"backgroundAudit\":1",
                "\"annotations\":[]",
                "\"annotations\":{\"a\":1}",
                "\"annotations\":{\"a\":null}",
                "\"contextAwareResources\":{}",
                "\"contextAwareResources\":[{\"apiVersion\":\"v1\"}]",
                "\"contextAwareResources\":[{\"kind\":\"Pod\"}]",
                "\"contextAwareResources\":[{\"apiVersion\":1,\"kind\":\"Pod\"}]",
                "\"contextAwareResources\":[{\"apiVersion\":\"v1\",\"kind\":null}]",
                "\"contextAwareResources\":[\"v1/Pod\"]",
                "\"hostCapabilities\":\"*\"",
                "\"hostCapabilities\":[1]",
                "\"minimumKubewardenVersion\":1.2"
            })
    void aWrongTypeOrAnUnknownWordIsRefused(String member) {
        assertRefused(json(member), "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "null",
                "[]",
                "\"metadata\"",
                "{",
                "{\"rules\":[],\"mutating\":false",
                "{\"rules\":[],\"mutating\":false} {}",
                "{\"rules\":[],\"mutating\":false}x",
                "{'rules':[],'mutating':false}",
                "{\"rules\":[],\"mutating\":false,}",
                "{\"rules\":[],\"mutating\":false,\"mutating\":true}"
            })
    void whatIsNotOneJsonObjectIsRefused(String json) {
        assertRefused(json, "");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        var bytes = json("\"annotations\":{\"a\":\"?\"}").getBytes(StandardCharsets.UTF_8);
        bytes[json("\"annotations\":{\"a\":\"?\"}").indexOf('?')] = (byte) 0xff;

        assertThatThrownBy(() -> MetadataReader.read(bytes)).isInstanceOf(ModuleException.class);
        assertThatThrownBy(() ->
                        MetadataReader.read(
                                "{\"rules\":[],\"mutating\":false}"
                                        .getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(ModuleException.class);
    }

    @Test
    void metadataAsDeepAsAStackIsRefusedAndNotFollowed() {
        assertRefused(json("\"x\":" + "[".repeat(100_000)), "");
    }
}
