/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.option;

import org.jspecify.annotations.NullMarked;
