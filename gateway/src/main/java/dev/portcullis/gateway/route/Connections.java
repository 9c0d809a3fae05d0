package dev.portcullis.gateway.route;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which connections have requests under way, so that a gateway that ends can close the idle
 * ones at once and the others after their answer; Vert.x would wait for clients to hang up.
 *
 * <p>Belongs to one event loop.
 */
final class Connections {
    private final Map<HttpConnection, Integer> requests = new HashMap<>();
    private boolean draining;

    void opened(HttpConnection connection) {
        if (draining) {
            connection.close();
            return;
        }
        requests.put(connection, 0);
        connection.closeHandler(closed -> requests.remove(connection));
    }

    void begun(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        requests.computeIfPresent(connection, (key, count) -> count + 1);
        request.response().endHandler(ended -> answered(connection));
    }

    private void answered(HttpConnection connection) {
        Integer left = requests.computeIfPresent(connection, (key, count) -> count - 1);
        if (draining && left != null && left == 0) {
            connection.close();
        }
    }

    /** From now on a connection is closed as soon as nothing is under way on it. */
    void drain() {
        draining = true;
        for (Map.Entry<HttpConnection, Integer> each : List.copyOf(requests.entrySet())) {
            if (each.getValue() == 0) {
                each.getKey().close();
            }
        }
    }
}
