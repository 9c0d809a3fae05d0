package dev.portcullis.gateway.route;

import dev.portcullis.gateway.review.ResponseWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Ends requests. A client that has gone, or was answered before, is left alone. */
final class Answer {
    static final String UNSUPPORTED_TYPE = "Expected request with `Content-Type: application/json`";
    static final String TOO_LARGE = "Failed to buffer the request body: length limit exceeded";
    static final String BROKEN = "Something went wrong";

    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private Answer() {}

    static void json(RoutingContext context, int status, byte[] body) {
        end(context, status, JSON, Buffer.buffer(body));
    }

    /** An error in the JSON form that every endpoint shares. */
    static void error(RoutingContext context, int status, String message) {
        json(context, status, ResponseWriter.error(message, status));
    }

    /** An error of the request's body: JSON or text, as the endpoint wants it. */
    static void bodyError(RoutingContext context, Endpoint endpoint, int status, String message) {
        if (endpoint.jsonErrors()) {
            error(context, status, message);
        } else {
            end(context, status, TEXT, Buffer.buffer(message));
        }
    }

    /** Whatever the type says. */
    static void text(RoutingContext context, int status, String type, String body) {
        end(context, status, type, Buffer.buffer(body));
    }

    /** Bytes to be kept under a name. */
    static void file(RoutingContext context, String name, Buffer body) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            response.putHeader("content-disposition", "attachment; filename=\"" + name + "\"");
            end(context, 200, "application/octet-stream", body);
        }
    }

    /** A status and nothing else. */
    static void empty(RoutingContext context, int status) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(status).end();
        }
    }

    private static void end(RoutingContext context, int status, String type, Buffer body) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type).end(body);
        }
    }
}
