package dev.portcullis.conformance.process;

import dev.portcullis.conformance.certificate.CredentialFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a gateway is started, apart from its ports.
 *
 * @param launcher {@code dist/bin/portcullis-gateway}
 * @param policies its policies file
 * @param kubeconfig what it uses as Kubernetes API server; never the user's own
 * @param credential what it shows to clients over TLS; plain HTTP without
 * @param flags more of its flags
 */
public record GatewayLaunch(
        Path launcher,
        Path policies,
        Path kubeconfig,
        Optional<CredentialFiles> credential,
        List<String> flags) {
    public GatewayLaunch {
        flags = List.copyOf(flags);
    }

    /** The gateway that the last {@code mvn package} built, over plain HTTP. */
    public static GatewayLaunch ofTree(Path policies, Path kubeconfig, String... flags) {
        return new GatewayLaunch(
                SourceTree.root().resolve("dist").resolve("bin").resolve("portcullis-gateway"),
                policies,
                kubeconfig,
                Optional.empty(),
                List.of(flags));
    }

    /** The same over TLS. */
    public GatewayLaunch showing(CredentialFiles shown) {
        return new GatewayLaunch(launcher, policies, kubeconfig, Optional.of(shown), flags);
    }

    String scheme() {
        return credential.isPresent() ? "https" : "http";
    }

    List<String> command(int port, int probePort) {
        var command = new ArrayList<String>();
        command.add(launcher.toAbsolutePath().toString());
        command.addAll(List.of("--addr", "127.0.0.1"));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(List.of("--readiness-probe-port", Integer.toString(probePort)));
        command.addAll(List.of("--policies", policies.toAbsolutePath().toString()));
        credential.ifPresent(files -> {
            command.addAll(List.of("--cert-file", files.certificate().toAbsolutePath().toString()));
            command.addAll(List.of("--key-file", files.key().toAbsolutePath().toString()));
        });
        command.addAll(flags);
        return command;
    }
}
