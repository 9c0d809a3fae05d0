/** Runs the gateway in the background. */
@NullMarked
package dev.portcullis.gateway.daemon;

import org.jspecify.annotations.NullMarked;
