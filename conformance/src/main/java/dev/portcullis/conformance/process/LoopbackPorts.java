package dev.portcullis.conformance.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Picks ports on loopback that nothing listens on.
 *
 * <p>They lie below the ranges from which systems take ports for outgoing connections, so that a
 * server that is stopped finds its port free when it starts again.
 */
public final class LoopbackPorts {
    private static final int LOWEST = 20_000;
    private static final int HIGHEST = 32_000;
    private static final int ATTEMPTS = 200;

    private LoopbackPorts() {}

    /**
     * A port that is free now. Another process may take it before its user does: the user has to
     * expect that and ask for another one.
     *
     * @throws ProcessException when none is found
     */
    public static int free() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new ProcessException(
                "found no free port on loopback between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
