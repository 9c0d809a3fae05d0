package dev.portcullis.capability.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** policy-server §18 and the host capabilities of §24.2. */
final class CapabilityGrantsTest {
    @Test
    void elevenPathsAreKnown() {
        assertThat(Arrays.stream(Capability.values()).map(Capability::path))
                .containsExactlyInAnyOrder(
                        "oci/v1/verify",
                        "oci/v2/verify",
                        "oci/v1/manifest_digest",
                        "oci/v1/oci_manifest",
                        "oci/v1/oci_manifest_config",
                        "net/v1/dns_lookup_host",
                        "crypto/v1/is_certificate_trusted",
                        "kubernetes/list_resources_by_namespace",
                        "kubernetes/list_resources_all",
                        "kubernetes/get_resource",
                        "kubernetes/can_i");
    }

    @ParameterizedTest
    @EnumSource
    void everyKnownPathIsAPattern(Capability capability) throws PatternException {
        CapabilityGrants grants = CapabilityGrants.of(List.of(capability.path()));

        assertThat(Arrays.stream(Capability.values()).filter(c -> grants.allows(c.path())))
                .containsExactly(capability);
    }

    @ParameterizedTest
    @EnumSource
    void aStarGrantsEverythingAndNothingGrantsNothing(Capability capability)
            throws PatternException {
        assertThat(CapabilityGrants.of(List.of("*")).allows(capability.path())).isTrue();
        assertThat(CapabilityGrants.of(List.of()).allows(capability.path())).isFalse();
    }

    @Test
    void aPrefixGrantsWhatLiesBelowItAlsoWhatIsUnknown() throws PatternException {
        CapabilityGrants grants = CapabilityGrants.of(List.of("oci/v1/*", "kubernetes/can_i"));

        assertThat(grants.allows("oci/v1/verify")).isTrue();
        assertThat(grants.allows("oci/v1/of_a_later_version")).isTrue();
        assertThat(grants.allows("oci/v2/verify")).isFalse();
        assertThat(grants.allows("oci/v1")).isFalse();
        assertThat(grants.allows("kubernetes/can_i")).isTrue();
        assertThat(grants.allows("kubernetes/can_i/x")).isFalse();
        assertThat(grants.allows("kubernetes/get_resource")).isFalse();
    }

    @Test
    void grantsPrintAsTheyWereWritten() throws PatternException {
        assertThat(CapabilityGrants.of(List.of("*"))).hasToString("[*]");
        assertThat(CapabilityGrants.of(List.of())).hasToString("[]");
        assertThat(CapabilityGrants.of(List.of("oci/*", "kubernetes/can_i")))
                .hasToString("[oci/*, kubernetes/can_i]");
    }

    @Test
    void blanksAroundAPatternDoNotCount() throws PatternException {
        assertThat(CapabilityGrants.of(List.of(" net/* "))).hasToString("[net/*]");
    }

    @Test
    void aStarWinsAtOnce() throws PatternException {
        assertThat(CapabilityGrants.of(List.of("oci/*", "*", "nonsense"))).hasToString("[*]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    "  "                  | the pattern is empty; use '*', or one of: crypto, kubernetes, net, oci
                    oci*                  | 'oci*' has a '*' that is not the last segment by itself
                    oci/v1/oci_*          | 'oci/v1/oci_*' has a '*' that is not the last segment by itself
                    */oci                 | '*/oci' has a '*' that is not the last segment by itself
                    */*                   | '*/*' has a '*' that is not the last segment by itself
                    dns/*                 | unknown segment 'dns'; valid options: crypto, kubernetes, net, oci
                    oci/v3/verify         | unknown segment 'v3' below 'oci'; valid options: v1, v2
                    kubernetes/delete     | unknown segment 'delete' below 'kubernetes'; valid options: can_i, get_resource, list_resources_all, list_resources_by_namespace
                    oci                   | not a complete path; use 'oci/*'
                    oci/v1                | not a complete path; use 'oci/v1/*'
                    oci/                  | unknown segment '' below 'oci'; valid options: v1, v2
                    /oci                  | unknown segment ''
                    kubernetes/can_i/*    | nothing lies below 'kubernetes/can_i'
                    kubernetes/can_i/x    | nothing lies below 'kubernetes/can_i'
                    OCI/*                 | unknown segment 'OCI'
                    /*                    | unknown segment ''
                    """)
    void aPatternThatMatchesNothingKnownIsRefusedWithWhatWould(String pattern, String complaint) {
        assertThatThrownBy(() -> CapabilityGrants.of(List.of("net/*", pattern)))
                .isInstanceOf(PatternException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void resourceKindsMatchExactly() {
        var grants = ResourceGrants.of(List.of(new ResourceKind("v1", "Pod")));

        assertThat(grants.allows(new ResourceKind("v1", "Pod"))).isTrue();
        assertThat(grants.allows(new ResourceKind("v1", "pod"))).isFalse();
        assertThat(grants.allows(new ResourceKind("v1beta1", "Pod"))).isFalse();
        assertThat(ResourceGrants.none().allows(new ResourceKind("v1", "Pod"))).isFalse();
    }
}
