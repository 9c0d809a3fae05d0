/**
 * The functions that a compiled Rego policy asks of its host (guest-abi §5.3), with the meaning
 * that OPA gives them. Start at {@link dev.portcullis.host.rego.builtin.Builtins}.
 */
@NullMarked
package dev.portcullis.host.rego.builtin;

import org.jspecify.annotations.NullMarked;
