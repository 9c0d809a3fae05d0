@NullMarked
package dev.portcullis.conformance.benchmark;

import org.jspecify.annotations.NullMarked;
