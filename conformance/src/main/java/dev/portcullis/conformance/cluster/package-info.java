/**
 * A real Kubernetes API server for tests: etcd and kube-apiserver as processes on loopback, without
 * nodes, controllers or pods.
 *
 * <p>Start at {@link dev.portcullis.conformance.cluster.Cluster}. The programs are built by {@code
 * conformance/cluster/build.sh}, once per machine.
 */
@NullMarked
package dev.portcullis.conformance.cluster;

import org.jspecify.annotations.NullMarked;
