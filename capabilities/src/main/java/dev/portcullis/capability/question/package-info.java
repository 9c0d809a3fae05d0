/**
 * The messages between a waiting guest and whoever answers it: immutable records that cross the
 * event bus as they are.
 */
@NullMarked
package dev.portcullis.capability.question;

import org.jspecify.annotations.NullMarked;
