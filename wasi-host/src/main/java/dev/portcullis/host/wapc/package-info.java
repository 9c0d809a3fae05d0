/**
 * Runs waPC reactors (guest-abi §3): requests and answers travel through functions that guest and
 * host call in each other. Start at {@link dev.portcullis.host.wapc.WapcProgram}.
 */
@NullMarked
package dev.portcullis.host.wapc;

import org.jspecify.annotations.NullMarked;
