/**
 * Knows how the Go toolchain lays out a program for {@code GOOS=wasip1 GOARCH=wasm}. What it does
 * not recognise it says so about, and the program is then started the plain way.
 */
@NullMarked
package dev.portcullis.host.golang;

import org.jspecify.annotations.NullMarked;
