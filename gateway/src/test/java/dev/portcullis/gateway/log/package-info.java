/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.log;

import org.jspecify.annotations.NullMarked;
