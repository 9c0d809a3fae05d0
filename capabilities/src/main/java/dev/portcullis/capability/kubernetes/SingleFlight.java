package dev.portcullis.capability.kubernetes;

import dev.portcullis.host.Deadline;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets one of those who want the same thing fetch it while the others wait for it, each for as long
 * as it can. Whoever wants something else is not held up.
 *
 * <p>The reference holds one lock for all keys (guest-abi §10); here a slow one delays only itself.
 */
final class SingleFlight<K, V> {
    /** Fetches a value within the deadline of the one who asks first. */
    @FunctionalInterface
    interface Fetch<V> {
        V fetch() throws LookupException, InterruptedException;
    }

    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    V get(K key, Deadline deadline, Fetch<V> fetch) throws LookupException, InterruptedException {
        while (true) {
            var mine = new CompletableFuture<V>();
            CompletableFuture<V> theirs = flights.putIfAbsent(key, mine);
            if (theirs == null) {
                return lead(key, mine, fetch);
            }
            try {
                return theirs.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException late) {
                throw new LookupException.TooLate(
                        "the Kubernetes API server did not answer in time");
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof LookupException lookup
                        && !(lookup instanceof LookupException.TooLate)) {
                    throw lookup;
                }
                // Whoever fetched had no time left, or died of it: that says nothing about us.
                if (deadline.passed()) {
                    throw new LookupException.TooLate(
                            "the Kubernetes API server did not answer in time");
                }
            }
        }
    }

    private V lead(K key, CompletableFuture<V> flight, Fetch<V> fetch)
            throws LookupException, InterruptedException {
        V value;
        try {
            value = fetch.fetch();
        } catch (Throwable failure) {
            flights.remove(key, flight);
            flight.completeExceptionally(failure);
            throw failure;
        }
        flights.remove(key, flight);
        flight.complete(value);
        return value;
    }
}
