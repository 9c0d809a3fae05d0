package dev.portcullis.conformance.benchmark;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came of a {@link Load}.
 *
 * @param latencies in nanoseconds, of every request, right or wrong
 * @param wall from the first request to the last answer
 * @param wrong how many answers were not what they had to be, or never came
 * @param examples some of the wrong ones, in words
 */
record LoadResult(Histogram latencies, Duration wall, long wrong, List<String> examples) {
    LoadResult {
        examples = List.copyOf(examples);
    }

    double requestsPerSecond() {
        return latencies.getTotalCount() / (wall.toNanos() / 1e9);
    }

    /** The latency that this share of the requests did not exceed, in percent. */
    Duration percentile(double percent) {
        return Duration.ofNanos(latencies.getValueAtPercentile(percent));
    }

    /**
     * This result, which has no wrong answer in it.
     *
     * @throws BenchmarkException when it has, naming the first of them
     */
    LoadResult allRight() {
        if (wrong > 0) {
            throw new BenchmarkException(
                    wrong
                            + " of "
                            + latencies.getTotalCount()
                            + " answers are wrong, among them:\n  "
                            + String.join("\n  ", examples));
        }
        return this;
    }
}
