/**
 * Servers that tests and benchmarks run as processes: they listen on loopback, can be frozen and
 * stopped, and never outlive the JVM that started them.
 */
@NullMarked
package dev.portcullis.conformance.process;

import org.jspecify.annotations.NullMarked;
