/**
 * What all guests have in common, whatever protocol they speak: a turn to compute and its end,
 * WASI, limits, waiting, and the pool of guests that start from an image. Start at {@link
 * dev.portcullis.host.run.Turn} and {@link dev.portcullis.host.run.Session}.
 */
@NullMarked
package dev.portcullis.host.run;

import org.jspecify.annotations.NullMarked;
