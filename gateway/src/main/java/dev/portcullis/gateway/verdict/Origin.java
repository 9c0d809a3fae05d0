package dev.portcullis.gateway.verdict;

/** Who asks. */
public enum Origin {
    /** The API server: the answer decides, so mode, mutation and message rules apply. */
    VALIDATE,
    /** The audit scanner: it wants to know what the policy itself says. */
    AUDIT
}
