@org.jspecify.annotations.NullMarked
package dev.portcullis.host.rego.builtin;
