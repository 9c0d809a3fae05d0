/** Where measurements and traces go: to whoever scrapes them, or to a collector. */
@NullMarked
package dev.portcullis.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
