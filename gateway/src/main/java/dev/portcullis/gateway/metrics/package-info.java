/** What is measured, and under which names. */
@NullMarked
package dev.portcullis.gateway.metrics;

import org.jspecify.annotations.NullMarked;
