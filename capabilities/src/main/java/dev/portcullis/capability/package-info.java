/**
 * Answers the questions of guests, within the grants of their policies.
 *
 * <p>Start at {@link dev.portcullis.capability.Capabilities}. A guest's call is checked in {@code
 * CapabilityHostCalls} on the evaluating thread, crosses the event bus as an immutable record, and
 * is answered by a verticle such as that of {@link dev.portcullis.capability.kubernetes}.
 */
@NullMarked
package dev.portcullis.capability;

import org.jspecify.annotations.NullMarked;
