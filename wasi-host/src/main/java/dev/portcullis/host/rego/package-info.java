/**
 * Runs policies that OPA compiled to WebAssembly (guest-abi §5). Start at {@link
 * dev.portcullis.host.rego.RegoProgram}.
 */
@NullMarked
package dev.portcullis.host.rego;

import org.jspecify.annotations.NullMarked;
