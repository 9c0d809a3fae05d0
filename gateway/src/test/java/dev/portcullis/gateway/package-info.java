/** Tests of the gateway as a whole. */
@NullMarked
package dev.portcullis.gateway;

import org.jspecify.annotations.NullMarked;
