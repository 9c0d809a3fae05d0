/** The gateway: HTTP in, verdict out. {@link dev.portcullis.gateway.Gateway} joins the parts. */
@NullMarked
package dev.portcullis.gateway;

import org.jspecify.annotations.NullMarked;
