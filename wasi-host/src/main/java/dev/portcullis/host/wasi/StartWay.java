package dev.portcullis.host.wasi;

/** How a program starts for one of its commands. */
sealed interface StartWay {
    /** From {@code _start}, for the given reason. */
    record Plain(String reason) implements StartWay {}

    /** From an image. */
    record Initialised(StartImage image) implements StartWay {}
}
