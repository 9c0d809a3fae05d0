/** The expressions of policy groups: how members are joined to one decision. */
@NullMarked
package dev.portcullis.gateway.group;

import org.jspecify.annotations.NullMarked;
