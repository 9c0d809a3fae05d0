/** Finds the fixture policies, and builds those that are not committed. */
@NullMarked
package dev.portcullis.conformance.policy;

import org.jspecify.annotations.NullMarked;
