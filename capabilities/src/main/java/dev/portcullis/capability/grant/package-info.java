/**
 * What a policy may ask: the table of host capabilities, and the grants of one policy.
 *
 * <p>Start at {@link dev.portcullis.capability.grant.PolicyGrants}. Absent grants grant nothing.
 */
@NullMarked
package dev.portcullis.capability.grant;

import org.jspecify.annotations.NullMarked;
