package dev.portcullis.gateway.verdict;

/** What a policy wants to change. */
sealed interface Mutation {
    /** Nothing. */
    record None() implements Mutation {}

    /** An object that the request does not have. */
    record OfNothing() implements Mutation {}

    /**
     * The request's object.
     *
     * @param base64 a JSON patch
     */
    record Patch(String base64) implements Mutation {}
}
