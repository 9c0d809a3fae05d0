package dev.portcullis.capability.kubernetes;

import dev.portcullis.capability.question.FieldMask;
import dev.portcullis.host.Deadline;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The lists that are kept up to date: created on first use, bounded, given up when idle. */
final class WatchedLists {
    /** A list that was used more recently than this is not given up for a new one. */
    private static final Duration IN_USE = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final KubernetesOptions options;
    private final Map<WatchedList.Key, WatchedList> lists = new HashMap<>();
    private boolean closed;

    WatchedLists(KubernetesClient client, KubernetesOptions options) {
        this.client = client;
        this.options = options;
    }

    Collection<byte[]> objects(WatchedList.Key key, FieldMask mask, Deadline deadline)
            throws LookupException, InterruptedException {
        return list(key).objects(mask, deadline);
    }

    /** The objects of a list that is complete. */
    RenderedObjects rendered(WatchedList.Key key, Deadline deadline)
            throws LookupException, InterruptedException {
        WatchedList list = list(key);
        list.awaitStart(deadline);
        return list.rendered();
    }

    private synchronized WatchedList list(WatchedList.Key key) throws LookupException {
        WatchedList known = lists.get(key);
        if (known != null && !known.isOutdated()) {
            known.use();
            return known;
        }
        if (closed) {
            throw new LookupException("the Kubernetes capabilities are shutting down");
        }
        if (known != null) {
            // It tries to watch again by itself, but a new list says at once what is wrong.
            lists.remove(key);
            known.close();
        } else if (lists.size() >= options.watches()) {
            giveUpLeastUsed();
        }
        var list = new WatchedList(client, key, options.staleWatch());
        lists.put(key, list);
        list.onEnd(() -> forget(key, list));
        return list;
    }

    private void giveUpLeastUsed() throws LookupException {
        Map.Entry<WatchedList.Key, WatchedList> leastUsed = null;
        for (Map.Entry<WatchedList.Key, WatchedList> entry : lists.entrySet()) {
            if (leastUsed == null
                    || entry.getValue().unusedFor().compareTo(leastUsed.getValue().unusedFor())
                            > 0) {
                leastUsed = entry;
            }
        }
        if (leastUsed == null || leastUsed.getValue().unusedFor().compareTo(IN_USE) < 0) {
            throw new LookupException(
                    "too many different lists are in use, the bound is " + options.watches());
        }
        WatchedList gone = leastUsed.getValue();
        lists.remove(leastUsed.getKey());
        gone.close();
    }

    private synchronized void forget(WatchedList.Key key, WatchedList list) {
        lists.remove(key, list);
    }

    /** To be called every second or so. */
    void sweep() {
        List<WatchedList> idle;
        synchronized (this) {
            lists.values().forEach(WatchedList::check);
            idle =
                    lists.values().stream()
                            .filter(l -> l.unusedFor().compareTo(options.idleWatch()) > 0)
                            .toList();
            lists.values().removeAll(idle);
        }
        idle.forEach(WatchedList::close);
    }

    synchronized int count() {
        return lists.size();
    }

    synchronized long bytes() {
        return lists.values().stream().mapToLong(WatchedList::bytes).sum();
    }

    void close() {
        List<WatchedList> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(lists.values());
            lists.clear();
        }
        all.forEach(WatchedList::close);
    }
}
