package dev.portcullis.conformance.policy;

import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** What the machine under a test lacks is a reason to skip; anything else is a failure. */
final class Machine {
    private Machine() {}

    interface Step<T> {
        T take() throws IOException;
    }

    static <T> T orSkip(Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (FixtureUnavailable e) {
            Assumptions.assumeFalse(e.machineLacks(), e.getMessage());
            throw e;
        }
    }
}
