/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.patch;

import org.jspecify.annotations.NullMarked;
