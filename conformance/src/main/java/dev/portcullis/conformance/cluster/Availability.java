package dev.portcullis.conformance.cluster;

import java.nio.file.Path;

/** Whether a cluster can be had on this machine. */
public sealed interface Availability {
    /**
     * It can.
     *
     * @param programs the folder that holds {@code etcd}, {@code kube-apiserver} and {@code
     *     kubectl}
     */
    record Available(Path programs) implements Availability {}

    /**
     * It can not, for want of something that tests can not bring along.
     *
     * @param reason one line that says what to install or do
     */
    record Missing(String reason) implements Availability {}

    /** True when {@link Cluster#start} has what it needs. */
    default boolean available() {
        return this instanceof Available;
    }

    /** One line for a test report. */
    default String reason() {
        return switch (this) {
            case Available(var programs) -> "cluster programs are in " + programs;
            case Missing(var reason) -> "no cluster for tests: " + reason;
        };
    }
}
