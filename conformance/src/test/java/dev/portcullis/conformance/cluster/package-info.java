@NullMarked
package dev.portcullis.conformance.cluster;

import org.jspecify.annotations.NullMarked;
