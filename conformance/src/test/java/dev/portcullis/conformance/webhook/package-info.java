/** A gateway as its user starts it, asked by a real API server and with the example reviews. */
@NullMarked
package dev.portcullis.conformance.webhook;

import org.jspecify.annotations.NullMarked;
