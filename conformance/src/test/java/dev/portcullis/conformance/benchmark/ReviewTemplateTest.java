package dev.portcullis.conformance.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ReviewTemplateTest {
    private final ObjectMapper json = new ObjectMapper();

    @Test
    void everyBodyHasItsOwnUidAndItsNumberWhereverTheReviewSaysSo() throws Exception {
        var template =
                ReviewTemplate.of(
                        json.readTree(
                                """
                                {"request": {"uid": "old", "name": "n-@NUMBER@", "ü": ["@NUMBER@"]}}
                                """));
        assertThat(json.readTree(template.body(7).getBytes()))
                .isEqualTo(
                        json.readTree(
                                """
                                {"request": {"uid": "00000000-0000-4000-8000-000000000007",
                                             "name": "n-7", "ü": ["7"]}}
                                """));
        assertThat(template.body(8)).isNotEqualTo(template.body(7));
    }

    @Test
    void whatHasNoRequestIsRefused() {
        assertThatThrownBy(() -> ReviewTemplate.of(json.readTree("{\"response\": {}}")))
                .isInstanceOf(BenchmarkException.class)
                .hasMessage("not an AdmissionReview: it has no object named request");
    }
}
