package dev.portcullis.gateway.option;

/** What the command line asks for. */
public sealed interface Invocation {
    /** Serve with these options. */
    record Serve(GatewayOptions options) implements Invocation {}

    /** Print this text to standard output and end well. */
    record Print(String text) implements Invocation {}

    /** Print this text to standard error and end with exit code 2. */
    record Refuse(String text) implements Invocation {}
}
