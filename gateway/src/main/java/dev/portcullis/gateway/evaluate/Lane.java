package dev.portcullis.gateway.evaluate;

import dev.portcullis.host.ComputePermits;
import java.util.concurrent.Semaphore;

/**
 * What the requests of one origin share.
 *
 * @param limit how many evaluations may be under way
 * @param places as many permits as evaluations may still begin
 * @param permits bounds how many of them compute at once
 */
record Lane(int limit, Semaphore places, ComputePermits permits) {
    Lane(int limit, ComputePermits permits) {
        this(limit, new Semaphore(limit), permits);
    }

    EvaluatorUsage.Evaluations usage() {
        return new EvaluatorUsage.Evaluations(limit - places.availablePermits(), limit);
    }
}
