/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.review;

import org.jspecify.annotations.NullMarked;
