package dev.portcullis.conformance.cluster;

import dev.portcullis.conformance.certificate.Credential;
import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Writes kubeconfig files: one server, one user with a token, nothing beside the file needed. */
public final class Kubeconfig {
    private static final String NAME = "test";

    private Kubeconfig() {}

    /**
     * Writes the file and returns it.
     *
     * @param authority whose certificate the client is to trust
     * @throws ClusterException when the file can not be written
     */
    public static Path write(Path file, URI server, Credential authority, String token) {
        var trusted = authority.certificatePem().getBytes(StandardCharsets.US_ASCII);
        var config =
                new ConfigBuilder()
                        .addNewCluster()
                        .withName(NAME)
                        .withNewCluster()
                        .withServer(server.toString())
                        .withCertificateAuthorityData(Base64.getEncoder().encodeToString(trusted))
                        .endCluster()
                        .endCluster()
                        .addNewUser()
                        .withName(NAME)
                        .withNewUser()
                        .withToken(token)
                        .endUser()
                        .endUser()
                        .addNewContext()
                        .withName(NAME)
                        .withNewContext()
                        .withCluster(NAME)
                        .withUser(NAME)
                        .endContext()
                        .endContext()
                        .withCurrentContext(NAME)
                        .build();
        try {
            return Files.writeString(file, Serialization.asYaml(config));
        } catch (IOException failure) {
            throw new ClusterException("can not write " + file, failure);
        }
    }
}
