/**
 * Runs WASI command modules (guest-abi §4): standard streams, limits, host calls and the ways to
 * start a guest. Start at {@link dev.portcullis.host.wasi.WasiProgram}.
 */
@NullMarked
package dev.portcullis.host.wasi;

import org.jspecify.annotations.NullMarked;
