/** Reads the binary form of a module and writes reduced copies of it. */
@NullMarked
package dev.portcullis.host.wasm;

import org.jspecify.annotations.NullMarked;
