package dev.portcullis.gateway.option;

import java.nio.file.Path;
import java.util.List;

/**
 * TLS of the API listener (policy-server §19). A certificate file may hold a whole chain, where the
 * reference takes exactly one certificate.
 *
 * @param certificate PEM file with the server's certificate, leaf first
 * @param key PEM file with its private key
 * @param clientAuthorities PEM files; when there is one, clients must show a certificate
 */
public record TlsOptions(Path certificate, Path key, List<Path> clientAuthorities) {
    public TlsOptions {
        clientAuthorities = List.copyOf(clientAuthorities);
    }
}
