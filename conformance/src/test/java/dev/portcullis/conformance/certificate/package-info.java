@NullMarked
package dev.portcullis.conformance.certificate;

import org.jspecify.annotations.NullMarked;
