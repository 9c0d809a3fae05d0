package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The gateway over HTTP, from the first byte to the last. */
class GatewayTest {
    @Test
    void aRejectionReachesTheClientInTheFormOfTheProtocol() throws Exception {
        var policy = FakePolicies.policy("no", FakeModule.answering(FakeModule.reject("not here")));
        try (var gateway = RunningGateway.serving(List.of(policy))) {
            var response = gateway.post("/validate/no", Reviews.create("u1"));
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(response.body())
                    .isEqualTo(
                            "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
                                    + "\"response\":{\"uid\":\"u1\",\"allowed\":false,"
                                    + "\"status\":{\"message\":\"not here\"},"
                                    + "\"auditAnnotations\":null,\"warnings\":null}}");
        }
    }
}
