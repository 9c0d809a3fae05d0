package dev.portcullis.host.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.portcullis.host.PolicyMetadata;
import dev.portcullis.host.PolicyMetadata.ExecutionMode;
import dev.portcullis.host.PolicyMetadata.PolicyType;
import dev.portcullis.host.PolicyMetadata.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarmUpRequestsTest {
    private static Rule rule(String group, String version, String... resources) {
        return new Rule(List.of(group), List.of(version), List.of(resources), List.of("CREATE"));
    }

    private static List<JsonNode> payloads(String settings, Rule... rules) {
        var metadata =
                new PolicyMetadata(
                        "v1",
                        List.of(rules),
                        false,
                        null,
                        true,
                        ExecutionMode.WASI,
                        PolicyType.KUBERNETES,
                        List.of(),
                        null,
                        null);
        return WarmUpRequests.payloads(metadata, settings.getBytes(StandardCharsets.UTF_8)).stream()
                .map(WarmUpRequestsTest::parse)
                .toList();
    }

    private static JsonNode parse(byte[] json) {
        try {
            return new ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> kinds(Rule... rules) {
        return payloads("{}", rules).stream()
                .map(payload -> payload.at("/request/kind/kind").asText())
                .toList();
    }

    @Test
    void aPayloadIsWhatTheProtocolAsksForWithTheSettingsAsTheyAre() {
        var payload = payloads("{\"a\":[1, \"ö\"]}", rule("apps", "v1", "deployments")).getFirst();

        assertThat(payload.fieldNames()).toIterable().containsExactly("request", "settings");
        assertThat(payload.at("/settings/a/1").asText()).isEqualTo("ö");
        var request = payload.path("request");
        assertThat(request.path("uid").asText()).isNotEmpty();
        assertThat(request.path("operation").asText()).isEqualTo("CREATE");
        assertThat(request.path("dryRun").asBoolean()).isTrue();
        assertThat(request.at("/kind/group").asText()).isEqualTo("apps");
        assertThat(request.at("/kind/version").asText()).isEqualTo("v1");
        assertThat(request.at("/kind/kind").asText()).isEqualTo("Deployment");
        assertThat(request.at("/resource/resource").asText()).isEqualTo("deployments");
        assertThat(request.at("/object/apiVersion").asText()).isEqualTo("apps/v1");
        assertThat(request.at("/object/kind").asText()).isEqualTo("Deployment");
        assertThat(request.at("/object/metadata/name")).isEqualTo(request.path("name"));
        assertThat(request.at("/object/metadata/namespace")).isEqualTo(request.path("namespace"));
        assertThat(request.at("/object/spec/template/spec/containers")).hasSize(1);
        assertThat(request.at("/object/spec/containers").isMissingNode()).isTrue();
    }

    @Test
    void aPodHasItsContainersAtItsTop() {
        var object = payloads("{}", rule("", "v1", "pods")).getFirst().at("/request/object");

        assertThat(object.path("apiVersion").asText()).isEqualTo("v1");
        assertThat(object.at("/spec/containers/0/image").isTextual()).isTrue();
        assertThat(object.at("/spec/template").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "pods, Pod",
        "deployments, Deployment",
        "ingresses, Ingress",
        "networkpolicies, Networkpolicy",
        "secrets, Secret",
        "s, Object",
        "'', Object"
    })
    void theKindIsMadeFromTheResource(String resource, String kind) {
        assertThat(kinds(rule("", "v1", resource))).containsExactly(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "*/*", "*/scale"})
    void forEveryResourceAPodStands(String resource) {
        assertThat(kinds(rule("", "v1", resource))).containsExactly("Pod");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pods/exec", "pods/*"})
    void aSubresourceStandsForItsResource(String resource) {
        assertThat(kinds(rule("", "v1", resource))).containsExactly("Pod");
    }

    @Test
    void anyGroupAndAnyVersionAreTheCoreOnes() {
        var request = payloads("{}", rule("*", "*", "*")).getFirst().path("request");

        assertThat(request.path("kind"))
                .isEqualTo(
                        parse(
                                "{\"group\":\"\",\"kind\":\"Pod\",\"version\":\"v1\"}"
                                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(request.at("/object/apiVersion").asText()).isEqualTo("v1");
    }

    @Test
    void thereIsOneRequestForEachOfTheFirstKinds() {
        assertThat(
                        kinds(
                                rule("", "v1", "pods", "services", "pods"),
                                rule("apps", "v1", "deployments"),
                                rule("", "v1", "pods", "secrets", "configmaps", "nodes")))
                .containsExactly("Pod", "Service", "Deployment", "Secret");
    }

    @Test
    void aPolicyWithoutUsableRulesIsTriedOnAPod() {
        assertThat(kinds()).containsExactly("Pod");
        assertThat(kinds(new Rule(List.of(), List.of(), List.of(), List.of())))
                .containsExactly("Pod");
        assertThat(kinds(new Rule(List.of(), List.of(), List.of("pods"), List.of())))
                .containsExactly("Pod");
    }

    @Test
    void wordsOfTheRulesCannotBreakOutOfTheJson() {
        var odd = "x\",\"settings\":{\"a\":1},\"y\":\"\\";

        var payload = payloads("{}", rule(odd, odd, odd)).getFirst();

        assertThat(payload.path("settings")).isEmpty();
        assertThat(payload.at("/request/kind/group").asText()).isEqualTo(odd);
    }
}
