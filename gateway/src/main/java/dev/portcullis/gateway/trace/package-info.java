/** Which part of which request the work belongs to; log lines and traces show it. */
@NullMarked
package dev.portcullis.gateway.trace;

import org.jspecify.annotations.NullMarked;
