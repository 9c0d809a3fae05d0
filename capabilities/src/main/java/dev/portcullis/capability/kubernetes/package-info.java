/**
 * Answers questions about the Kubernetes cluster (policy-server §17, guest-abi §8.9–8.12).
 *
 * <p>Start at {@link dev.portcullis.capability.kubernetes.KubernetesVerticle}. The only package
 * that knows the Kubernetes client library.
 */
@NullMarked
package dev.portcullis.capability.kubernetes;

import org.jspecify.annotations.NullMarked;
