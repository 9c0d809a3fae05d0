package dev.portcullis.host.run;

import com.dylibso.chicory.runtime.Machine;
import dev.portcullis.host.engine.Guest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Stands in for {@code runtime.rand} in a guest that was started from an image, whose own generator
 * would give every request the same numbers.
 *
 * <p>The function takes nothing and gives 64 bits. Go's convention on wasm: at entry the stack
 * pointer (global 0) is the address of the return address, the result belongs 8 bytes above it, and
 * a function that returns moves the pointer up by 8 and gives 0 (cmd/internal/obj/wasm).
 */
final class GoRandom implements Machine {
    private static final int STACK_POINTER = 0;
    private static final int WORD = 8;
    private static final long[] RETURNED = {0};
    private static final SecureRandom SOURCE = new SecureRandom();

    private final Guest guest;
    private final byte[] bytes = new byte[64 * WORD];
    private int used = bytes.length;

    GoRandom(Guest guest) {
        this.guest = guest;
    }

    @Override
    public long[] call(int function, long[] arguments) {
        if (used == bytes.length) {
            SOURCE.nextBytes(bytes);
            used = 0;
        }
        int stackPointer = (int) guest.global(STACK_POINTER);
        guest.memory().write(stackPointer + WORD, Arrays.copyOfRange(bytes, used, used + WORD));
        used += WORD;
        guest.setGlobal(STACK_POINTER, stackPointer + WORD);
        return RETURNED;
    }
}
