/**
 * Certificates for tests: an authority made on the spot and what it signs for servers and clients
 * on loopback. Nothing here is fit for service: keys live a week and have no protection.
 */
@NullMarked
package dev.portcullis.conformance.certificate;

import org.jspecify.annotations.NullMarked;
