package dev.portcullis.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.gateway.option.FolderOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The folders that the controller always sets (policy-server §23). */
class WritableFoldersTest {
    @TempDir private Path folder;

    private static void check(Path path) throws StartException {
        WritableFolders.check(List.of(new FolderOption("--policies-download-dir", path)));
    }

    @Test
    void aFolderThatIsMissingIsCreated() throws Exception {
        check(folder.resolve("a/b"));
        assertThat(folder.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void aFolderThatIsThereStaysAsItWas() throws Exception {
        Files.writeString(folder.resolve("file"), "x");
        check(folder);
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("file"));
    }

    @Test
    void whatIsNoFolderIsNamedWithItsFlag() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> check(file))
                .isInstanceOf(StartException.class)
                .hasMessage(
                        "--policies-download-dir names "
                                + file
                                + ", which must be a folder that can be written to: it is not a"
                                + " folder");
    }

    @Test
    void aFolderThatCannotBeWrittenToIsRefused() {
        assertThatThrownBy(() -> check(Path.of("/proc")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("/proc, which must be a folder that can be written to: ");
    }
}
