package dev.portcullis.conformance.benchmark;

import java.util.List;

/**
 * What is sent: the cases in turn, so request n belongs to case n modulo their number.
 *
 * @param requests how many in all
 * @param connections how many at once at most
 */
record Load(List<ReviewCase> cases, int requests, int connections, Pace pace) {
    Load {
        cases = List.copyOf(cases);
        if (cases.isEmpty() || requests < 1 || connections < 1) {
            throw new IllegalArgumentException(
                    "a load needs at least one case, one request and one connection");
        }
    }
}
