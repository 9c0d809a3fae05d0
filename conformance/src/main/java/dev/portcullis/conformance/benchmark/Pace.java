package dev.portcullis.conformance.benchmark;

/** When the next request is sent. */
sealed interface Pace {
    /**
     * As soon as a connection is free. Shows how much a server can do; its latencies flatter, since
     * a server that stalls is asked less meanwhile.
     */
    record AsFastAsPossible() implements Pace {}

    /**
     * At its appointed time, whether earlier ones are answered or not, as clients that know nothing
     * of each other do. A latency counts from the appointed time, so it contains the wait for a
     * free connection.
     *
     * @param requestsPerSecond above 0
     */
    record FixedRate(double requestsPerSecond) implements Pace {
        public FixedRate {
            if (!(requestsPerSecond > 0)) {
                throw new IllegalArgumentException(
                        "a rate has to be above 0, not " + requestsPerSecond);
            }
        }
    }
}
