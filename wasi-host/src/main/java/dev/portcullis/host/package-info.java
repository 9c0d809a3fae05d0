/**
 * Runs policy modules: bytes in, verdict out.
 *
 * <p>Start at {@link dev.portcullis.host.PolicyEngine}. What a guest asks of the outside leaves
 * through {@link dev.portcullis.host.HostCalls}; nothing here knows HTTP, Kubernetes or Vert.x.
 */
@NullMarked
package dev.portcullis.host;

import org.jspecify.annotations.NullMarked;
