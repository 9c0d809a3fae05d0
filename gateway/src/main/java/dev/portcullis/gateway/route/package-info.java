/** HTTP: the listeners, their paths and their errors. */
@NullMarked
package dev.portcullis.gateway.route;

import org.jspecify.annotations.NullMarked;
