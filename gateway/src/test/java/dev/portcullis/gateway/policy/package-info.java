/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.policy;

import org.jspecify.annotations.NullMarked;
