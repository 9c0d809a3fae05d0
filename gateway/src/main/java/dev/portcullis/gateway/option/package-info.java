/** What an operator can set, by flag or by environment variable. */
@NullMarked
package dev.portcullis.gateway.option;

import org.jspecify.annotations.NullMarked;
