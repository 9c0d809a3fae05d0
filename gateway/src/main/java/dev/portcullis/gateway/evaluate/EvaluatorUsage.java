package dev.portcullis.gateway.evaluate;

/**
 * How near the evaluator is to its bounds, at one moment.
 *
 * @param workersBusy guests that compute
 * @param workersBound how many may
 * @param admission evaluations for the API server
 * @param audit evaluations for the audit scanner
 */
public record EvaluatorUsage(
        int workersBusy, int workersBound, Evaluations admission, Evaluations audit) {
    /**
     * Evaluations of one origin.
     *
     * @param inFlight how many are under way
     * @param bound how many may be
     */
    public record Evaluations(int inFlight, int bound) {}
}
