/**
 * Measures a running gateway from outside and never believes an answer it did not check.
 *
 * <p>Start at {@link dev.portcullis.conformance.benchmark.Benchmark}, the command line, or at
 * {@link dev.portcullis.conformance.benchmark.LoadDriver}, which sends the requests.
 */
@NullMarked
package dev.portcullis.conformance.benchmark;

import org.jspecify.annotations.NullMarked;
