/** JSON Patch between what was sent and what a policy wants. */
@NullMarked
package dev.portcullis.gateway.patch;

import org.jspecify.annotations.NullMarked;
