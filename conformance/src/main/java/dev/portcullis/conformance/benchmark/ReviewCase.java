package dev.portcullis.conformance.benchmark;

/**
 * A request with its right answer.
 *
 * @param name for tables and messages
 * @param path where it is sent, such as {@code /validate/required-labels}
 */
record ReviewCase(String name, String path, ReviewTemplate review, Expectation expectation) {}
