/** From what a policy said to what the client is told. */
@NullMarked
package dev.portcullis.gateway.verdict;

import org.jspecify.annotations.NullMarked;
