/** Where log lines go and how they look. */
@NullMarked
package dev.portcullis.gateway.log;

import org.jspecify.annotations.NullMarked;
