@NullMarked
package dev.portcullis.gateway.tls;

import org.jspecify.annotations.NullMarked;
