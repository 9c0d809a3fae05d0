/** Tests of the package of the same name. */
@NullMarked
package dev.portcullis.gateway.verdict;

import org.jspecify.annotations.NullMarked;
