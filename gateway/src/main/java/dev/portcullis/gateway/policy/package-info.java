/** The policies that this gateway answers for: their file, their loading, their registry. */
@NullMarked
package dev.portcullis.gateway.policy;

import org.jspecify.annotations.NullMarked;
