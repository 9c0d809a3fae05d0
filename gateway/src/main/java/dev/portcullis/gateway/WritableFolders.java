package dev.portcullis.gateway;

import dev.portcullis.gateway.option.FolderOption;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;

/** Checks the folders that an operator sets aside, so that a mistake shows at start. */
final class WritableFolders {
    private WritableFolders() {}

    /** Creates what is missing, and makes sure that files can be created in each. */
    static void check(List<FolderOption> folders) throws StartException {
        for (FolderOption folder : folders) {
            try {
                Files.createDirectories(folder.path());
                Files.delete(Files.createTempFile(folder.path(), ".portcullis", ""));
            } catch (FileAlreadyExistsException e) {
                throw unusable(folder, "it is not a folder", e);
            } catch (IOException e) {
                throw unusable(folder, e.toString(), e);
            }
        }
    }

    private static StartException unusable(FolderOption folder, String why, IOException cause) {
        return new StartException(
                "%s names %s, which must be a folder that can be written to: %s"
                        .formatted(folder.source(), folder.path(), why),
                cause);
    }
}
