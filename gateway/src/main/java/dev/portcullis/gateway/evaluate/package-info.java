/** Runs policies on virtual threads, within the bounds of this process. */
@NullMarked
package dev.portcullis.gateway.evaluate;

import org.jspecify.annotations.NullMarked;
