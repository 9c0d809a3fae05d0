package dev.portcullis.gateway.policy;

import dev.portcullis.gateway.group.ExpressionException;
import dev.portcullis.gateway.group.GroupExpression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a group of members that were loaded before.
 *
 * <p>A group with a broken member, even one that is never called, is broken as a whole: it rejects,
 * and says which member and why. The reference answers 404 then, or evaluates a member with
 * settings that it refused.
 */
final class GroupAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(GroupAssembly.class);

    private GroupAssembly() {}

    /**
     * The group.
     *
     * @param loaded every member of the group, by its id
     */
    static Policy of(GroupEntry group, Map<String, Policy> loaded) {
        Map<String, Policy.Ready> ready = new LinkedHashMap<>();
        Map<String, Policy.Broken> broken = new LinkedHashMap<>();
        for (GroupEntry.Member member : group.members()) {
            switch (loaded.get(member.entry().id())) {
                case Policy.Ready policy -> ready.put(member.name(), policy);
                case Policy.Broken policy -> broken.put(member.name(), policy);
                case Policy.Group _ -> throw new IllegalStateException("groups do not nest");
                case null -> throw new IllegalStateException(member + " was not loaded");
            }
        }
        if (!broken.isEmpty()) {
            return withBrokenMembers(group, broken);
        }
        try {
            GroupExpression expression =
                    GroupExpression.parse(group.id(), group.expression(), ready.keySet());
            loaded(group, expression);
            return new Policy.Group(group, expression, ready);
        } catch (ExpressionException e) {
            return new Policy.Broken(
                    group.id(),
                    urls(group.members().stream().map(member -> member.entry().url()).toList()),
                    "error evaluating policy group expression: " + e.getMessage(),
                    true);
        }
    }

    private static Policy withBrokenMembers(GroupEntry group, Map<String, Policy.Broken> broken) {
        String reasons =
                broken.entrySet().stream()
                        .map(member ->
                                "member '" + member.getKey() + "': " + member.getValue().message())
                        .collect(Collectors.joining("; "));
        return new Policy.Broken(
                group.id(),
                urls(broken.values().stream().map(Policy.Broken::url).toList()),
                "policy group '" + group.id() + "' cannot be used: " + reasons,
                broken.values().stream().allMatch(Policy.Broken::known));
    }

    private static String urls(List<String> urls) {
        return String.join(", ", urls);
    }

    private static void loaded(GroupEntry group, GroupExpression expression) {
        LOG.atInfo()
                .addKeyValue("policy_id", group.id())
                .addKeyValue("expression", expression)
                .addKeyValue("members", group.members().size())
                .log("policy group loaded");
        if (expression.calls().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("policy_id", group.id())
                    .log("the expression of a policy group calls no member");
        }
    }
}
