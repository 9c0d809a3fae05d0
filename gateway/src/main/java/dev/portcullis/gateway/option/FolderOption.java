package dev.portcullis.gateway.option;

import java.nio.file.Path;

/**
 * A folder that the operator sets aside for this process.
 *
 * @param source the flag or variable that names it
 * @param path it is created when it is not there
 */
public record FolderOption(String source, Path path) {}
