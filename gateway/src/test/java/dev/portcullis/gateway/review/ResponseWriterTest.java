package dev.portcullis.gateway.review;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.gateway.review.AdmissionResponse.Cause;
import dev.portcullis.gateway.review.AdmissionResponse.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The shapes of policy-server §10; quotes are written as apostrophes. */
class ResponseWriterTest {
    private static String raw(AdmissionResponse response) {
        return new String(ResponseWriter.raw(response), UTF_8).replace('"', '\'');
    }

    @Test
    void everythingHasItsPlace() {
        var response =
                new AdmissionResponse(
                        "u",
                        false,
                        "W10=",
                        new Status(
                                "no",
                                List.of(
                                        new Cause(null, "because", "spec.policies.x"),
                                        new Cause("why", null, null)),
                                403),
                        Map.of("b", "2", "a", "1"),
                        List.of("careful", "really"));
        assertThat(new String(ResponseWriter.admission(response), UTF_8).replace('"', '\''))
                .isEqualTo(
                        "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','response':"
                                + "{'uid':'u','allowed':false,'patchType':'JSONPatch',"
                                + "'patch':'W10=','status':{'message':'no','details':{'causes':["
                                + "{'reason':null,'message':'because','field':'spec.policies.x'},"
                                + "{'reason':'why','message':null,'field':null}]},'code':403},"
                                + "'auditAnnotations':{'a':'1','b':'2'},"
                                + "'warnings':['careful','really']}}");
    }

    @Test
    void whatIsAbsentIsLeftOutOrNull() {
        assertThat(raw(AdmissionResponse.accepted("u")))
                .isEqualTo(
                        "{'response':{'uid':'u','allowed':true,'auditAnnotations':null,"
                                + "'warnings':null}}");
    }

    @Test
    void emptyIsTheSameAsAbsent() {
        var response = new AdmissionResponse("", true, null, null, Map.of(), List.of());
        assertThat(raw(response))
                .isEqualTo(
                        "{'response':{'uid':'','allowed':true,'auditAnnotations':null,"
                                + "'warnings':null}}");
    }

    @Test
    void aStatusMayHoldOnlyACode() {
        var response =
                new AdmissionResponse("", false, null, new Status(null, List.of(), 0), null, null);
        assertThat(raw(response)).contains("'status':{'code':0}");
    }

    @Test
    void textOfAnyKindSurvives() {
        var response = AdmissionResponse.rejected("\"\\\u0000\n", "é😀", null);
        assertThat(raw(response)).contains("'uid':'\\'\\\\\\u0000\\n'").contains("'message':'é😀'");
    }

    @Test
    void anErrorIsAMessageAndAStatus() {
        assertThat(new String(ResponseWriter.error("unknown policy: x", 404), UTF_8))
                .isEqualTo("{\"message\":\"unknown policy: x\",\"status\":404}");
    }
}
