package dev.portcullis.conformance.certificate;

import java.nio.file.Path;

/** Where a {@link Credential} was written: two PEM files of one block each. */
public record CredentialFiles(Path certificate, Path key) {}
