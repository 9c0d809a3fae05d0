package dev.portcullis.gateway.policy;

import dev.portcullis.host.ModuleException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of Kubewarden that this gateway is compatible with (policy-server §8). */
public final class KubewardenVersion {
    private static final int MAJOR = 1;
    private static final int MINOR = 36;

    /** As {@code major.minor}. */
    public static final String COMPATIBLE = MAJOR + "." + MINOR;

    private static final Pattern VERSION =
            Pattern.compile("([0-9]{1,9})\\.([0-9]{1,9})\\.[0-9]+([-+].*)?");

    private KubewardenVersion() {}

    /**
     * Refuses modules that need a later version; only major and minor count.
     *
     * @param minimum null for a module that runs on any
     * @throws ModuleException when the version is later, or none
     */
    static void check(@Nullable String minimum) throws ModuleException {
        if (minimum == null) {
            return;
        }
        Matcher matcher = VERSION.matcher(minimum);
        if (!matcher.matches()) {
            throw new ModuleException(
                    "minimumKubewardenVersion '" + minimum + "' is no version such as 1.36.0");
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        if (major > MAJOR || (major == MAJOR && minor > MINOR)) {
            throw new ModuleException(
                    "Policy required Kubewarden version %s but is running on %s.0"
                            .formatted(minimum, COMPATIBLE));
        }
    }
}
