package dev.portcullis.gateway.policy;

import dev.portcullis.host.Deadline;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long one policy may take for one request (policy-server §14).
 *
 * @param usual for policies whose entry names no limit; null when policies may take as long as they
 *     like, whatever their entries say
 */
public record PolicyTimeout(@Nullable Duration usual) {
    /** When a policy that is asked now must have answered. */
    public Deadline deadlineFor(Policy.Usable policy) {
        return usual == null ? Deadline.none() : Deadline.in(limit(policy, usual));
    }

    /** A group has no limit of its own: all of its calls may take as long as their members may. */
    private static Duration limit(Policy.Usable policy, Duration usual) {
        return switch (policy) {
            case Policy.Ready single ->
                    single.entry().timeout() == null ? usual : single.entry().timeout();
            case Policy.Group group ->
                    group.expression().calls().stream()
                            .map(name -> Objects.requireNonNull(group.members().get(name)))
                            .map(member -> limit(member, usual))
                            .reduce(Duration.ZERO, Duration::plus);
        };
    }
}
