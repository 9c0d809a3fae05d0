package dev.portcullis.capability;

import dev.portcullis.capability.grant.Capability;
import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.question.Question;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import dev.portcullis.host.HostCalls;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the host calls of one policy and passes on what it was granted (guest-abi §7,
 * policy-server §18).
 *
 * <p>The order of the checks and their texts are the reference's; guests match on them.
 */
final class CapabilityHostCalls implements HostCalls {
    private static final Logger LOG = LoggerFactory.getLogger(CapabilityHostCalls.class);
    private static final String BINDING = "kubewarden";
    private static final String TRACING = "tracing";
    private static final byte[] NOTHING = {};

    private final PolicyGrants grants;
    private final CallbackChannel channel;

    CapabilityHostCalls(PolicyGrants grants, CallbackChannel channel) {
        this.grants = grants;
        this.channel = channel;
    }

    @Override
    public HostAnswer call(HostCall call, Deadline deadline) throws InterruptedException {
        if (!call.binding().equals(BINDING)) {
            return new HostAnswer.Failure("unknown binding: " + call.binding());
        }
        if (call.namespace().equals(TRACING)) {
            return trace(call);
        }
        if (!grants.capabilities().allows(call.path())) {
            LOG.error(
                    "Policy {} asked for the host capability '{}', it was granted {}",
                    grants.policyId(),
                    LogText.of(call.path()),
                    grants.capabilities());
            return new HostAnswer.Failure(
                    "Policy has not been granted access to the '"
                            + call.path()
                            + "' host capability. The violation has been reported.");
        }
        if (!Capability.isNamespace(call.namespace())) {
            return new HostAnswer.Failure("unknown namespace: " + call.namespace());
        }
        Optional<Capability> capability = Capability.of(call.namespace(), call.operation());
        if (capability.isEmpty()) {
            return new HostAnswer.Failure("unknown operation: " + call.operation());
        }
        return answer(capability.get(), call.payload(), deadline);
    }

    private HostAnswer trace(HostCall call) {
        if (!call.operation().equals("log")) {
            return new HostAnswer.Failure("unknown operation: " + call.operation());
        }
        PolicyLog.write(grants.policyId(), call.payload());
        return new HostAnswer.Success(NOTHING);
    }

    private HostAnswer answer(Capability capability, byte[] payload, Deadline deadline)
            throws InterruptedException {
        try {
            return switch (capability) {
                case KUBERNETES_GET_RESOURCE ->
                        gated(QuestionDecoder.getResource(payload), deadline);
                case KUBERNETES_LIST_RESOURCES_ALL ->
                        gated(QuestionDecoder.listResourcesAll(payload), deadline);
                case KUBERNETES_LIST_RESOURCES_BY_NAMESPACE ->
                        gated(QuestionDecoder.listResourcesByNamespace(payload), deadline);
                case KUBERNETES_CAN_I -> channel.ask(QuestionDecoder.canI(payload), deadline);
                case OCI_V1_VERIFY,
                        OCI_V1_MANIFEST_DIGEST,
                        OCI_V1_OCI_MANIFEST,
                        OCI_V1_OCI_MANIFEST_CONFIG,
                        OCI_V2_VERIFY,
                        NET_V1_DNS_LOOKUP_HOST,
                        CRYPTO_V1_IS_CERTIFICATE_TRUSTED ->
                        new HostAnswer.Failure(
                                "Callback evaluation failure: this version does not offer the host"
                                        + " capability '"
                                        + capability.path()
                                        + "'");
            };
        } catch (PayloadException invalid) {
            return new HostAnswer.Failure(String.valueOf(invalid.getMessage()));
        }
    }

    private HostAnswer gated(Question.AboutResources question, Deadline deadline)
            throws InterruptedException {
        if (!grants.resources().allows(question.kind())) {
            LOG.error(
                    "Policy {} asked for Kubernetes {} resources, it was granted {}",
                    grants.policyId(),
                    LogText.of(question.kind().toString()),
                    grants.resources());
            return new HostAnswer.Failure(
                    "Policy has not been granted access to Kubernetes "
                            + question.kind()
                            + " resources. The violation has been reported.");
        }
        return channel.ask(question, deadline);
    }
}
