package dev.portcullis.capability;

import dev.portcullis.capability.grant.ResourceKind;
import dev.portcullis.capability.question.Question.ContextObjects;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import java.util.Set;

/** Asks the cluster for everything that one policy may know of it. */
final class GrantedContextData implements ContextData {
    /** How the reference begins such a failure; clients read it (guest-abi §5.2). */
    private static final String FAILURE = "cannot perform a request via callback channel: ";

    private final Set<ResourceKind> kinds;
    private final CallbackChannel channel;

    GrantedContextData(Set<ResourceKind> kinds, CallbackChannel channel) {
        this.kinds = Set.copyOf(kinds);
        this.channel = channel;
    }

    @Override
    public Data objects(Form form, Deadline deadline) throws InterruptedException {
        return switch (channel.ask(new ContextObjects(kinds, form), deadline)) {
            case HostAnswer.Success(var json) -> new Data.Objects(json);
            case HostAnswer.Failure(var message) -> new Data.Unavailable(FAILURE + reason(message));
        };
    }

    private static String reason(String message) {
        return message.startsWith(CallbackChannel.EVALUATION_FAILURE)
                ? message.substring(CallbackChannel.EVALUATION_FAILURE.length())
                : message;
    }
}
