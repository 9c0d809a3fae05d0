/** What this process spends its time and memory on, told by the JVM's own tools. */
@NullMarked
package dev.portcullis.gateway.profile;

import org.jspecify.annotations.NullMarked;
