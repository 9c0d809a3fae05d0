/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
