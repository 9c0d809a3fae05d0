/**
 * Runs modules on Chicory; no other package knows the engine. A module's code is spread over tiers
 * ({@link dev.portcullis.host.engine.TieredModule}); a running copy is a {@link
 * dev.portcullis.host.engine.Guest}.
 */
@NullMarked
package dev.portcullis.host.engine;

import org.jspecify.annotations.NullMarked;
