package dev.portcullis.capability;

import dev.portcullis.capability.grant.PolicyGrants;
import dev.portcullis.capability.kubernetes.KubernetesConnection;
import dev.portcullis.capability.kubernetes.KubernetesVerticle;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.HostCalls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;

/** The deployed capabilities, and the way in for each policy. */
public final class Capabilities {
    private final Vertx vertx;
    private final CallbackChannel channel;
    private final KubernetesVerticle kubernetes;
    private final Optional<KubernetesConnection> connection;
    private final String asking;
    private final String answering;

    private Capabilities(
            Vertx vertx,
            CallbackChannel channel,
            KubernetesVerticle kubernetes,
            Optional<KubernetesConnection> connection,
            String asking,
            String answering) {
        this.vertx = vertx;
        this.channel = channel;
        this.kubernetes = kubernetes;
        this.connection = connection;
        this.asking = asking;
        this.answering = answering;
    }

    /**
     * Deploys the verticles that answer. At most one deployment on an event bus at a time: two
     * would share the questions.
     */
    public static Future<Capabilities> deploy(Vertx vertx, CapabilityOptions options) {
        var channel = new CallbackChannel(options.questionsInFlight(), options.longestQuestion());
        var kubernetes = new KubernetesVerticle(options.kubernetes(), options.kubernetesOptions());
        return vertx.deployVerticle(channel)
                .compose(first ->
                        vertx.deployVerticle(kubernetes)
                                .map(second ->
                                        new Capabilities(
                                                vertx,
                                                channel,
                                                kubernetes,
                                                options.kubernetes(),
                                                first,
                                                second)));
    }

    /**
     * The host calls of one policy; as many evaluations as there are may use them at once. A call
     * parks its thread until the answer is there, never longer than until shortly before the
     * evaluation's deadline.
     */
    public HostCalls hostCallsFor(PolicyGrants grants) {
        return new CapabilityHostCalls(grants, channel);
    }

    /**
     * The cluster's objects for one policy that cannot ask: those of the kinds that it was granted,
     * whatever host capabilities it has (policy-server §18).
     */
    public ContextData contextDataFor(PolicyGrants grants) {
        return grants.resources().kinds().isEmpty()
                ? ContextData.NONE
                : new GrantedContextData(grants.resources().kinds(), channel);
    }

    /** How near the capabilities are to their bounds. */
    public CapabilityUsage usage() {
        return new CapabilityUsage(
                channel.inFlight(), channel.bound(), channel.refused(), kubernetes.usage());
    }

    /** Fails what is still waiting, ends all watches and closes the Kubernetes connection. */
    public Future<Void> close() {
        return vertx.undeploy(answering)
                .eventually(() -> vertx.undeploy(asking))
                .eventually(() ->
                        vertx.executeBlocking(() -> {
                            connection.ifPresent(KubernetesConnection::close);
                            return null;
                        }));
    }
}
