/**
 * Turns modules into policies: metadata, settings and verdicts as the Kubewarden protocol has them
 * (guest-abi §1 and §6). Start at {@link dev.portcullis.host.policy.WasmPolicyEngine}.
 */
@NullMarked
package dev.portcullis.host.policy;

import org.jspecify.annotations.NullMarked;
