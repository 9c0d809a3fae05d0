/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.evaluate;

import org.jspecify.annotations.NullMarked;
