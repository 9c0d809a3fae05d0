package dev.portcullis.conformance.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Starts a cluster, prints its folder and its process ids, and waits to be killed. */
final class ClusterThatIsNeverClosed {
    private ClusterThatIsNeverClosed() {}

    public static void main(String[] arguments) throws IOException {
        // Not closed: that is the point.
        @SuppressWarnings("resource")
        var cluster = Cluster.start(Path.of(arguments[0]));
        System.out.println(cluster.certificateAuthority().getParent());
        System.out.println(
                cluster.processes().stream()
                        .map(process -> Long.toString(process.pid()))
                        .collect(Collectors.joining(" ")));
        int ignored = System.in.read();
        System.exit(ignored);
    }
}
