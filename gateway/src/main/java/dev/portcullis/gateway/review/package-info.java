/** Reviews in, responses out: the JSON of the admission protocol. */
@NullMarked
package dev.portcullis.gateway.review;

import org.jspecify.annotations.NullMarked;
