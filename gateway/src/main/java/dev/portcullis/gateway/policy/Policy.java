package dev.portcullis.gateway.policy;

import dev.portcullis.gateway.group.GroupExpression;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.PolicyModule;
import java.util.Map;

/** A policy of the file, after the attempt to load it. */
public sealed interface Policy {
    /** The name in the URL. */
    String id();

    /** Ready to judge. */
    sealed interface Usable extends Policy {
        /** What becomes of its verdict. */
        Entry.Mode mode();
    }

    /**
     * A single policy, ready to judge.
     *
     * @param entry what the file says of it
     * @param module runs it
     * @param hostCalls answers its questions, within its grants
     * @param contextData what it is given to know if it cannot ask, within its grants
     */
    record Ready(
            PolicyEntry entry, PolicyModule module, HostCalls hostCalls, ContextData contextData)
            implements Usable {
        @Override
        public String id() {
            return entry.id();
        }

        @Override
        public Entry.Mode mode() {
            return entry.mode();
        }
    }

    /**
     * A group, ready to judge (policy-server §15).
     *
     * @param entry what the file says of it
     * @param expression calls these members and no others
     * @param members by the names that the expression calls
     */
    record Group(GroupEntry entry, GroupExpression expression, Map<String, Ready> members)
            implements Usable {
        public Group {
            members = Map.copyOf(members);
        }

        @Override
        public String id() {
            return entry.id();
        }

        @Override
        public Entry.Mode mode() {
            return entry.mode();
        }
    }

    /**
     * Could not be made ready; rejects whatever it is asked (policy-server §9).
     *
     * @param id the name in the URL
     * @param url where its module is, as written; of a group, where those of its members are
     * @param message what clients are told, complete
     * @param known whether the module itself could be used; a policy that could not counts as
     *     unknown in the always-accepted namespace
     */
    record Broken(String id, String url, String message, boolean known) implements Policy {}
}
