@NullMarked
package dev.portcullis.gateway.telemetry;

import org.jspecify.annotations.NullMarked;
