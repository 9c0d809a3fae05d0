package dev.portcullis.host.run;

import dev.portcullis.host.engine.Guest;
import dev.portcullis.host.engine.TieredModule;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Idle guests of one module. Whoever takes one puts it into the state of an image before it runs;
 * guests that trapped or were interrupted are not given back.
 */
public final class GuestPool<S extends Session> {
    /** The interpreter keeps a little of each run that ended in an exit; bounds what adds up. */
    private static final int RUNS_PER_GUEST = 5_000;

    private final TieredModule module;
    private final HostModule<S> hostModule;
    private final OptionalInt generator;
    private final int size;
    private final ConcurrentLinkedDeque<Idle<S>> pool = new ConcurrentLinkedDeque<>();
    private final AtomicInteger pooled = new AtomicInteger();

    /** A guest of the pool, with its imports. */
    public static final class Idle<S extends Session> {
        private final Imports<S> imports;
        private final Guest guest;
        private int runs;

        private Idle(Imports<S> imports, Guest guest) {
            this.imports = imports;
            this.guest = guest;
        }

        /** The guest, in whatever state its last run left it. */
        public Guest guest() {
            return guest;
        }
    }

    /**
     * An empty pool.
     *
     * @param generator the function of a Go program that the host answers with its own random
     *     numbers
     * @param size how many idle guests are kept
     */
    public GuestPool(
            TieredModule module, HostModule<S> hostModule, OptionalInt generator, int size) {
        this.module = module;
        this.hostModule = hostModule;
        this.generator = generator;
        this.size = size;
    }

    /** A guest that sees this session; a new one is instantiated when none is idle. */
    public Idle<S> take(S session) {
        for (var idle = pool.pollFirst(); idle != null; idle = pool.pollFirst()) {
            pooled.decrementAndGet();
            if (module.isCurrent(idle.guest) && idle.runs < RUNS_PER_GUEST) {
                idle.runs++;
                idle.imports.enter(session);
                return idle;
            }
            idle.guest.release();
        }
        var imports = new Imports<>(hostModule);
        imports.enter(session);
        var guest = module.blankGuest(imports.values());
        generator.ifPresent(function -> guest.replace(function, new GoRandom(guest)));
        return new Idle<>(imports, guest);
    }

    /** Keeps a guest, whose run ended by itself, for the next one. */
    public void giveBack(Idle<S> idle) {
        idle.imports.enter(null);
        if (pooled.get() < size) {
            pooled.incrementAndGet();
            idle.guest.forgetInterpreters();
            pool.addFirst(idle);
        } else {
            idle.guest.release();
        }
    }

    /** Drops a guest whose run did not end by itself. */
    public void drop(Idle<S> idle) {
        idle.imports.enter(null);
        idle.guest.release();
    }
}
