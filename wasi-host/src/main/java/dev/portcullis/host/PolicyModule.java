package dev.portcullis.host;

/**
 * A module that is ready to judge. Shared by all policies whose bytes are the same; safe for use by
 * many threads; every evaluation starts from the same clean state.
 */
public interface PolicyModule {
    /** SHA-256 of the module's bytes, as {@code sha256:<hex>}. */
    String digest();

    /** What the module says of itself. */
    PolicyMetadata metadata();

    /** How evaluations start at this moment, and why not faster. */
    StartLevel startLevel();

    /**
     * Tries the policy on made-up requests with these settings, so that what real requests will
     * need is compiled. Never changes an answer; takes seconds.
     *
     * @param settings a UTF-8 JSON object that the policy accepts
     */
    void prepare(byte[] settings);

    /**
     * Asks the policy for its verdict. Blocks the calling thread; best called on a virtual thread.
     *
     * @param payload UTF-8 JSON {@code {"request": …, "settings": {…}}} (guest-abi §6.1)
     */
    Evaluation validate(byte[] payload, EvaluationContext context);

    /**
     * Asks the policy whether it can work with these settings. Blocks like {@link #validate}.
     *
     * @param settings a UTF-8 JSON object
     */
    SettingsEvaluation validateSettings(byte[] settings, EvaluationContext context);
}
