package dev.portcullis.gateway.policy;

import java.util.List;

/**
 * What the policies file says of one policy group (policy-server §3).
 *
 * @param id the name in the file and in the URL
 * @param mode whether a rejection counts
 * @param expression joins the members' decisions; not yet checked
 * @param message what clients are told when the group rejects
 * @param members the policies that the expression may call, in the order of the file
 */
public record GroupEntry(
        String id, Mode mode, String expression, String message, List<Member> members)
        implements Entry {
    public GroupEntry {
        members = List.copyOf(members);
    }

    /**
     * A policy in a group.
     *
     * @param name what the expression calls it
     * @param entry its own settings, grants and time limit; named {@code <group>/<member>},
     *     protecting, never mutating, without a message
     */
    public record Member(String name, PolicyEntry entry) {}

    /** The name under which a member is addressed in a URL. */
    static String idOf(String group, String member) {
        return group + "/" + member;
    }
}
