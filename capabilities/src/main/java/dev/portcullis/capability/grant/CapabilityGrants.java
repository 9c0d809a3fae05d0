package dev.portcullis.capability.grant;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The host capabilities that a policy was granted: the {@code hostCapabilities} of its entry
 * (policy-server §18).
 *
 * <p>A pattern is {@code *}, a prefix followed by {@code /*}, or one exact path of {@link
 * Capability}.
 */
public final class CapabilityGrants {
    private static final String EVERYTHING = "*";
    private static final String BELOW = "/*";

    private static final CapabilityGrants ALL = new CapabilityGrants(List.of(EVERYTHING));
    private static final CapabilityGrants NONE = new CapabilityGrants(List.of());

    private final List<String> patterns;

    private CapabilityGrants(List<String> patterns) {
        this.patterns = patterns;
    }

    /** Every capability, also those of later versions. */
    public static CapabilityGrants all() {
        return ALL;
    }

    /** No capability: what a policy without {@code hostCapabilities} has. */
    public static CapabilityGrants none() {
        return NONE;
    }

    /**
     * Reads the patterns of an entry; blanks around them do not count.
     *
     * <p>As in the reference, {@code *} wins at once: patterns after it are not looked at.
     *
     * @throws PatternException when a pattern matches no known capability
     */
    public static CapabilityGrants of(List<String> patterns) throws PatternException {
        var checked = new LinkedHashSet<String>();
        for (String pattern : patterns) {
            String trimmed = pattern.strip();
            if (trimmed.equals(EVERYTHING)) {
                return ALL;
            }
            check(trimmed);
            checked.add(trimmed);
        }
        return checked.isEmpty() ? NONE : new CapabilityGrants(List.copyOf(checked));
    }

    /** Whether a host call with this {@code <namespace>/<operation>} is granted, known or not. */
    public boolean allows(String path) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, path));
    }

    private static boolean matches(String pattern, String path) {
        if (pattern.equals(EVERYTHING)) {
            return true;
        }
        return pattern.endsWith(BELOW)
                ? path.startsWith(pattern.substring(0, pattern.length() - 1))
                : path.equals(pattern);
    }

    private static void check(String pattern) throws PatternException {
        if (pattern.isEmpty()) {
            throw new PatternException(
                    "the pattern is empty; use '*', or one of: " + options(below("")));
        }
        boolean prefix = pattern.endsWith(BELOW);
        String path = prefix ? pattern.substring(0, pattern.length() - 2) : pattern;
        if (path.contains(EVERYTHING)) {
            throw new PatternException(
                    "'"
                            + pattern
                            + "' has a '*' that is not the last segment by itself; use '*' or"
                            + " '<prefix>/*'");
        }
        String walked = "";
        for (String segment : path.split("/", -1)) {
            Set<String> options = below(walked);
            if (options.isEmpty()) {
                throw new PatternException(
                        "'" + pattern + "': nothing lies below '" + walked + "', use it as it is");
            }
            if (!options.contains(segment)) {
                throw new PatternException(
                        "'"
                                + pattern
                                + "': unknown segment '"
                                + segment
                                + "'"
                                + (walked.isEmpty() ? "" : " below '" + walked + "'")
                                + "; valid options: "
                                + options(options));
            }
            walked = walked.isEmpty() ? segment : walked + "/" + segment;
        }
        boolean leaf = below(walked).isEmpty();
        if (prefix && leaf) {
            throw new PatternException(
                    "'" + pattern + "': nothing lies below '" + walked + "', use '" + walked + "'");
        }
        if (!prefix && !leaf) {
            throw new PatternException(
                    "'"
                            + pattern
                            + "' is not a complete path; use '"
                            + walked
                            + "/*', or one of: "
                            + below(walked).stream()
                                    .map((walked + "/")::concat)
                                    .collect(Collectors.joining(", ")));
        }
    }

    /** The segments that may follow this path in the tree of capabilities. */
    private static Set<String> below(String path) {
        String prefix = path.isEmpty() ? "" : path + "/";
        return Arrays.stream(Capability.values())
                .map(Capability::path)
                .filter(known -> known.startsWith(prefix))
                .map(known -> known.substring(prefix.length()).split("/", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String options(Set<String> segments) {
        return String.join(", ", segments);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CapabilityGrants grants && patterns.equals(grants.patterns);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(patterns);
    }

    /** As the operator wrote it, for example {@code [*]}, {@code []} or {@code [oci/*]}. */
    @Override
    public String toString() {
        return "[" + String.join(", ", patterns) + "]";
    }
}
