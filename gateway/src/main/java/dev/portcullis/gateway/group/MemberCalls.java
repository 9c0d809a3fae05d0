package dev.portcullis.gateway.group;

/**
 * Evaluates members when an expression calls them.
 *
 * @param <E> ends the whole evaluation
 */
@FunctionalInterface
public interface MemberCalls<E extends Exception> {
    /** What this member decides; asked anew for every call in the expression that is reached. */
    Decision call(String member) throws E;
}
