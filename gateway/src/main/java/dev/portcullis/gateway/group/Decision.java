package dev.portcullis.gateway.group;

/**
 * What a member, or an expression of members, comes to.
 *
 * <p>A member that failed has not said no: {@code !failed()} must not admit. So there is a third
 * value, and a result counts as yes only when it would be yes whatever the undecided members had
 * said. Without {@code !}, {@code ^} and comparisons that comes to the same as taking them for no.
 */
public enum Decision {
    YES,
    NO,
    UNDECIDED;

    static Decision of(boolean yes) {
        return yes ? YES : NO;
    }

    Decision negated() {
        return switch (this) {
            case YES -> NO;
            case NO -> YES;
            case UNDECIDED -> UNDECIDED;
        };
    }
}
