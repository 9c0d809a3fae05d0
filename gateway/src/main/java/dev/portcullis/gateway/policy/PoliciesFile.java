package dev.portcullis.gateway.policy;

import dev.portcullis.gateway.policy.YamlDocument.Member;
import dev.portcullis.host.PolicyMetadata;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads the policies file (policy-server §3).
 *
 * <p>The reference ignores unknown keys of an entry. Here they are errors, because a misspelt
 * {@code policyMode} would otherwise change what is enforced; {@code namespacedName}, which the
 * Kubewarden controller writes, is known.
 */
public final class PoliciesFile {
    private static final Set<String> OF_MEMBERS =
            Set.of(
                    "module",
                    "settings",
                    "contextAwareResources",
                    "timeoutEvalSeconds",
                    "hostCapabilities");
    private static final Set<String> OF_POLICIES =
            Set.of(
                    "module",
                    "policyMode",
                    "allowedToMutate",
                    "settings",
                    "contextAwareResources",
                    "message",
                    "timeoutEvalSeconds",
                    "hostCapabilities",
                    "namespacedName");
    private static final Set<String> OF_GROUPS =
            Set.of("policyMode", "policies", "expression", "message", "namespacedName");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String FILE_SCHEME = "file://";

    private final Path folder;

    private PoliciesFile(Path folder) {
        this.folder = folder;
    }

    /**
     * The entries, in the order of the file.
     *
     * @throws PoliciesFileException when the file cannot be read or anything in it is wrong
     */
    public static List<Entry> read(Path file) throws PoliciesFileException {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder == null) {
                throw new YamlException("it is a folder");
            }
            return new PoliciesFile(folder).entries(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw failure(file, "no such file");
        } catch (IOException e) {
            throw failure(file, String.valueOf(e.getMessage()));
        } catch (YamlException e) {
            throw failure(file, String.valueOf(e.getMessage()));
        }
    }

    private static PoliciesFileException failure(Path file, String cause) {
        return new PoliciesFileException(
                "error while loading policies from \"" + file + "\": " + cause);
    }

    private List<Entry> entries(byte[] bytes) throws YamlException {
        List<Entry> entries = new ArrayList<>();
        Node root = YamlDocument.read(bytes);
        for (Map.Entry<String, Member> member :
                YamlDocument.members(root, "the policies file").entrySet()) {
            checkName(member.getKey(), member.getValue().key());
            entries.add(entry(member.getKey(), member.getValue().value()));
        }
        return entries;
    }

    private static void checkName(String name, Node key) throws YamlException {
        if (name.isEmpty()) {
            throw YamlException.at(key, "policy name must not be empty");
        }
        if (name.contains("/")) {
            throw YamlException.at(key, "policy name '" + name + "' contains a '/' character");
        }
    }

    private Entry entry(String id, Node node) throws YamlException {
        String policy = "policy '" + id + "'";
        Map<String, Member> keys = YamlDocument.members(node, policy);
        boolean group = keys.containsKey("policies") || keys.containsKey("expression");
        if (!group) {
            return policy(id, new Fields(policy, keys, OF_POLICIES), node);
        }
        Member module = keys.get("module");
        if (module != null) {
            throw YamlException.at(
                    module.key(),
                    policy
                            + " has a 'module' and is a group as well; a policy has a 'module', a"
                            + " group has 'policies', 'expression' and 'message'");
        }
        return group(id, new Fields("policy group '" + id + "'", keys, OF_GROUPS), node);
    }

    private PolicyEntry policy(String id, Fields fields, Node node) throws YamlException {
        String url = fields.requiredString("module", node);
        return new PolicyEntry(
                id,
                url,
                moduleFile(fields, url),
                mode(fields),
                fields.flag("allowedToMutate"),
                fields.settings(),
                fields.resources(),
                fields.strings("hostCapabilities"),
                fields.string("message"),
                fields.seconds("timeoutEvalSeconds"));
    }

    private GroupEntry group(String id, Fields fields, Node node) throws YamlException {
        Node policies = fields.requiredNode("policies", node);
        Map<String, Member> named = YamlDocument.members(policies, fields.what("policies"));
        if (named.isEmpty()) {
            throw YamlException.at(
                    policies, fields.what("policies") + " must name at least one policy");
        }
        checkMemberNames(id, named);
        List<GroupEntry.Member> members = new ArrayList<>();
        for (Map.Entry<String, Member> member : named.entrySet()) {
            members.add(member(id, member.getKey(), member.getValue().value()));
        }
        return new GroupEntry(
                id,
                mode(fields),
                fields.requiredString("expression", node),
                fields.requiredString("message", node),
                members);
    }

    private static void checkMemberNames(String group, Map<String, Member> members)
            throws YamlException {
        List<Map.Entry<String, Member>> invalid =
                members.entrySet().stream()
                        .filter(member ->
                                member.getKey().isEmpty() || member.getKey().contains("/"))
                        .toList();
        if (!invalid.isEmpty()) {
            throw YamlException.at(
                    invalid.getFirst().getValue().key(),
                    "policy group '"
                            + group
                            + "' contains policies with invalid names: "
                            + invalid.stream()
                                    .map(member -> "\"" + member.getKey() + "\"")
                                    .collect(Collectors.joining(", ", "[", "]")));
        }
    }

    private GroupEntry.Member member(String group, String name, Node node) throws YamlException {
        String what = "member '" + name + "' of policy group '" + group + "'";
        Fields fields = new Fields(what, YamlDocument.members(node, what), OF_MEMBERS);
        return new GroupEntry.Member(name, policy(GroupEntry.idOf(group, name), fields, node));
    }

    private static Entry.Mode mode(Fields fields) throws YamlException {
        Node node = fields.node("policyMode");
        return switch (node == null ? "protect" : fields.stringOf("policyMode", node)) {
            case "protect" -> Entry.Mode.PROTECT;
            case "monitor" -> Entry.Mode.MONITOR;
            default ->
                    throw YamlException.at(
                            fields.required("policyMode"),
                            fields.what("policyMode") + " must be protect or monitor");
        };
    }

    private Path moduleFile(Fields fields, String url) throws YamlException {
        if (!url.startsWith(FILE_SCHEME)) {
            throw YamlException.at(
                    fields.required("module"),
                    fields.what("module")
                            + " is '"
                            + url
                            + "': only file:// modules are supported by this version of"
                            + " Portcullis");
        }
        String path = url.substring(FILE_SCHEME.length());
        if (path.isEmpty()) {
            throw YamlException.at(
                    fields.required("module"), fields.what("module") + " names no file");
        }
        return folder.resolve(decoded(path)).normalize();
    }

    /** URLs escape blanks and the like; a path that is no valid URL is meant as it stands. */
    private static String decoded(String path) {
        try {
            URI url = new URI(path);
            boolean onlyPath =
                    url.getScheme() == null
                            && url.getRawAuthority() == null
                            && url.getRawQuery() == null
                            && url.getRawFragment() == null;
            return onlyPath ? url.getPath() : path;
        } catch (URISyntaxException e) {
            return path;
        }
    }

    /** The keys of one entry. */
    private static final class Fields {
        private final String owner;
        private final Map<String, Member> members;

        /**
         * Of an entry.
         *
         * @param owner what the entry is called in messages
         * @param known the keys that it may have
         */
        Fields(String owner, Map<String, Member> members, Set<String> known) throws YamlException {
            this.owner = owner;
            this.members = members;
            for (Map.Entry<String, Member> member : members.entrySet()) {
                if (!known.contains(member.getKey())) {
                    throw YamlException.at(
                            member.getValue().key(), unknown(member.getKey(), owner, known));
                }
            }
        }

        private static String unknown(String key, String owner, Set<String> known) {
            String possible = String.join(", ", new TreeSet<>(known));
            return "unknown key '" + key + "' in " + owner + "; possible are " + possible;
        }

        String what(String key) {
            return "'" + key + "' of " + owner;
        }

        @Nullable Node node(String key) {
            Member member = members.get(key);
            return member == null ? null : member.value();
        }

        Node required(String key) {
            Node node = node(key);
            if (node == null) {
                throw new IllegalStateException(what(key) + " was there before");
            }
            return node;
        }

        /** The value, or null when it is absent or null. */
        private @Nullable Node present(String key) {
            Node node = node(key);
            return node == null || YamlDocument.isNull(node) ? null : node;
        }

        String stringOf(String key, Node node) throws YamlException {
            return text(node, Tag.STR, what(key), "a string");
        }

        private static String text(Node node, Tag tag, String what, String expected)
                throws YamlException {
            if (node instanceof ScalarNode scalar && node.getTag().equals(tag)) {
                return scalar.getValue();
            }
            throw YamlDocument.wrongType(node, what, expected);
        }

        Node requiredNode(String key, Node entry) throws YamlException {
            Node node = node(key);
            if (node == null) {
                throw YamlException.at(entry, owner + " has no '" + key + "'");
            }
            return node;
        }

        String requiredString(String key, Node entry) throws YamlException {
            return stringOf(key, requiredNode(key, entry));
        }

        @Nullable String string(String key) throws YamlException {
            Node node = present(key);
            return node == null ? null : stringOf(key, node);
        }

        boolean flag(String key) throws YamlException {
            Node node = present(key);
            return node != null
                    && Boolean.parseBoolean(text(node, Tag.BOOL, what(key), "true or false"));
        }

        @Nullable Duration seconds(String key) throws YamlException {
            Node node = present(key);
            if (node == null) {
                return null;
            }
            String text = text(node, Tag.INT, what(key), "a whole number of seconds");
            try {
                long seconds = Long.parseLong(text);
                if (seconds >= 0) {
                    return Duration.ofSeconds(Math.min(seconds, LONGEST.toSeconds()));
                }
            } catch (NumberFormatException e) {
                // Said below, in the same words as for a negative number.
            }
            throw YamlException.at(
                    node, what(key) + " must be a whole number of seconds, not " + text);
        }

        Settings settings() throws YamlException {
            Node node = present("settings");
            return node == null ? Settings.NONE : SettingsWriter.settingsOf(node, what("settings"));
        }

        private List<Node> list(String key) throws YamlException {
            return switch (present(key)) {
                case null -> List.of();
                case SequenceNode sequence -> sequence.getValue();
                case Node other -> throw YamlDocument.wrongType(other, what(key), "a list");
            };
        }

        List<String> strings(String key) throws YamlException {
            List<String> strings = new ArrayList<>();
            for (Node element : list(key)) {
                strings.add(text(element, Tag.STR, "an element of " + what(key), "a string"));
            }
            return strings;
        }

        Set<PolicyMetadata.Resource> resources() throws YamlException {
            String key = "contextAwareResources";
            String what = "an element of " + what(key);
            Set<PolicyMetadata.Resource> resources = new LinkedHashSet<>();
            for (Node element : list(key)) {
                Map<String, Member> parts = YamlDocument.members(element, what);
                for (Map.Entry<String, Member> part : parts.entrySet()) {
                    if (!part.getKey().equals("apiVersion") && !part.getKey().equals("kind")) {
                        throw YamlException.at(
                                part.getValue().key(),
                                "unknown key '" + part.getKey() + "' in " + what);
                    }
                }
                resources.add(
                        new PolicyMetadata.Resource(
                                part(element, parts, "apiVersion", what),
                                part(element, parts, "kind", what)));
            }
            return resources;
        }

        private static String part(Node element, Map<String, Member> parts, String key, String what)
                throws YamlException {
            Member member = parts.get(key);
            if (member == null) {
                throw YamlException.at(element, what + " has no '" + key + "'");
            }
            return text(member.value(), Tag.STR, "'" + key + "' in " + what, "a string");
        }
    }
}
