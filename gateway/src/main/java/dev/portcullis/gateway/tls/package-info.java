/** The certificates of the API listener: read, checked, and read again when they change. */
@NullMarked
package dev.portcullis.gateway.tls;

import org.jspecify.annotations.NullMarked;
