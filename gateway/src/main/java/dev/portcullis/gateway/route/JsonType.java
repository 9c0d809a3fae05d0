package dev.portcullis.gateway.route;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recognises {@code application/json} and {@code application/*+json}. */
final class JsonType {
    private static final String PREFIX = "application/";

    private JsonType() {}

    static boolean is(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int end = contentType.indexOf(';');
        String type =
                (end < 0 ? contentType : contentType.substring(0, end))
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return type.equals(PREFIX + "json")
                || (type.startsWith(PREFIX)
                        && type.endsWith("+json")
                        && type.length() > PREFIX.length() + "+json".length());
    }
}
