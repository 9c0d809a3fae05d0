/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.group;

import org.jspecify.annotations.NullMarked;
