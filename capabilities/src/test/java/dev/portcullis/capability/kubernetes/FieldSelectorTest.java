package dev.portcullis.capability.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.capability.kubernetes.FieldSelector.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldSelectorTest {
    @Test
    void termsAreEqualOrNot() throws Exception {
        assertThat(FieldSelector.parse("a=1,b==2,c!=3,d=").terms())
                .containsExactly(
                        new Term("a", "1", true),
                        new Term("b", "2", true),
                        new Term("c", "3", false),
                        new Term("d", "", true));
    }

    @Test
    void quotedCommasAndSignsStayInTheirValueAsTheyAre() throws Exception {
        assertThat(FieldSelector.parse("a=x\\,y\\=z\\\\,b=1").terms())
                .containsExactly(new Term("a", "x\\,y\\=z\\\\", true), new Term("b", "1", true));
    }

    @Test
    void emptyTermsDoNotCount() throws Exception {
        assertThat(FieldSelector.parse(",a=1,").terms()).containsExactly(new Term("a", "1", true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=1", "!=1", "a=1,b", "a!b"})
    void anythingElseIsRefused(String selector) {
        assertThatThrownBy(() -> FieldSelector.parse(selector))
                .isInstanceOf(LookupException.class)
                .hasMessageStartingWith("invalid field selector '" + selector + "': ");
    }
}
