package dev.portcullis.host.rego.builtin;

/** Keeps builtins within the time and the memory of an evaluation. */
final class Bounds {
    /** The most characters or elements of an answer. */
    static final int LARGEST = 32 << 20;

    private Bounds() {}

    /**
     * To be called in every loop whose length the policy decides.
     *
     * @param size how large the answer is so far
     * @throws BuiltinException when it is too large
     * @throws InterruptedBuiltinException when the evaluation is to end
     */
    static void check(long size) throws BuiltinException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedBuiltinException();
        }
        if (size > LARGEST) {
            throw new BuiltinException("the result is larger than " + LARGEST);
        }
    }
}
