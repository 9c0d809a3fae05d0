package dev.portcullis.capability.kubernetes;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.portcullis.host.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Remembers what was fetched for a short while: successes only, bounded in bytes. */
final class Lookups<K> {
    /** What an entry takes besides its bytes, roughly. */
    private static final int ENTRY_BYTES = 512;

    private final Cache<K, byte[]> cache;
    private final SingleFlight<K, byte[]> flights = new SingleFlight<>();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    Lookups(Duration time, long bytes, Ticker ticker) {
        this.cache =
                Caffeine.newBuilder()
                        .expireAfterWrite(time)
                        .maximumWeight(bytes)
                        .weigher((K key, byte[] value) -> ENTRY_BYTES + value.length)
                        .ticker(ticker)
                        .build();
    }

    byte[] get(K key, Deadline deadline, SingleFlight.Fetch<byte[]> fetch)
            throws LookupException, InterruptedException {
        byte[] known = cache.getIfPresent(key);
        if (known != null) {
            hits.increment();
            return known;
        }
        misses.increment();
        return flights.get(
                key,
                deadline,
                () -> {
                    // The flight before this one may have landed since we looked.
                    byte[] landed = cache.getIfPresent(key);
                    if (landed != null) {
                        return landed;
                    }
                    byte[] fetched = fetch.fetch();
                    cache.put(key, fetched);
                    return fetched;
                });
    }

    long hits() {
        return hits.sum();
    }

    long misses() {
        return misses.sum();
    }
}
