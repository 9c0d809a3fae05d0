package dev.portcullis.capability.question;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;

/** Hands {@link Asked} and {@link Answer} records over the local event bus as they are. */
public final class PassThroughCodec implements MessageCodec<Object, Object> {
    private static final String NAME = "portcullis-capability";

    private PassThroughCodec() {}

    /** Makes the codec known; a second time on the same bus changes nothing. */
    public static void register(EventBus bus) {
        try {
            bus.registerCodec(new PassThroughCodec());
        } catch (IllegalStateException alreadyRegistered) {
            // Two deployments on one bus share the codec: it keeps no state.
        }
    }

    /** Options for sending or replying with these records. */
    public static DeliveryOptions options() {
        return new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);
    }

    @Override
    public void encodeToWire(Buffer buffer, Object message) {
        throw new UnsupportedOperationException("questions and answers never leave the process");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
        throw new UnsupportedOperationException("questions and answers never leave the process");
    }

    @Override
    public Object transform(Object message) {
        return message;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
