package dev.portcullis.conformance.process;

import java.nio.file.Files;
import java.nio.file.Path;

/** The source tree that the working directory lies in. */
public final class SourceTree {
    private static final Path MARK = Path.of("examples", "policies.yml");

    private SourceTree() {}

    /**
     * Its topmost folder.
     *
     * @throws ProcessException when the working directory is outside of a source tree
     */
    public static Path root() {
        var start = Path.of("").toAbsolutePath();
        for (var folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isRegularFile(folder.resolve(MARK))) {
                return folder;
            }
        }
        throw new ProcessException(
                "neither " + start + " nor a folder above it is the source tree: go there first");
    }
}
