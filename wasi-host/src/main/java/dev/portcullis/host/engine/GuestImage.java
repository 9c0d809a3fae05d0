package dev.portcullis.host.engine;

/**
 * The state of a guest: memory and globals. Tables are not part of it; only modules that never
 * change their tables have images.
 */
@SuppressWarnings("ArrayRecordComponent") // shared and read only; never compared
public record GuestImage(byte[] memory, long[] globals) {}
