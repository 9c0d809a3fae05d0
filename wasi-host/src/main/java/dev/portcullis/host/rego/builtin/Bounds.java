package dev.portcullis.host.rego.builtin;

/** Keeps builtins within the time and the memory of an evaluation. */
final class Bounds {
    /** The most characters of an answer. */
    private static final int LONGEST = 32 << 20;

    /** The most elements of an answer; each takes a hundred bytes or so. */
    private static final int MOST = 1 << 20;

    private Bounds() {}

    /**
     * To be called in every loop whose length the policy decides.
     *
     * @throws InterruptedBuiltinException when the evaluation is to end
     */
    static void checkTime() {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedBuiltinException();
        }
    }

    /**
     * To be called in every loop that makes a text longer.
     *
     * @param characters how long it is so far
     * @throws BuiltinException when it is too long
     */
    static void checkLength(long characters) throws BuiltinException {
        checkTime();
        if (characters > LONGEST) {
            throw new BuiltinException("the result is longer than " + LONGEST + " characters");
        }
    }

    /**
     * To be called in every loop that collects elements.
     *
     * @param elements how many there are so far
     * @throws BuiltinException when there are too many
     */
    static void checkCount(long elements) throws BuiltinException {
        checkTime();
        if (elements > MOST) {
            throw new BuiltinException("the result has more than " + MOST + " elements");
        }
    }
}
