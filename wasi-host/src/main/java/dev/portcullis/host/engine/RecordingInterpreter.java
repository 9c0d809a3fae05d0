package dev.portcullis.host.engine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.MStack;
import com.dylibso.chicory.runtime.StackFrame;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Chicory's interpreter, telling a {@link CallRecorder} of every call. */
final class RecordingInterpreter extends InterpreterMachine {
    private final CallRecorder recorder;

    RecordingInterpreter(Instance instance, CallRecorder recorder) {
        super(instance);
        this.recorder = recorder;
    }

    @Override
    protected long @Nullable [] call(
            MStack stack,
            Instance instance,
            Deque<StackFrame> callStack,
            int function,
            long[] arguments,
            @Nullable FunctionType callType,
            boolean popResults) {
        recorder.enter(function);
        try {
            return super.call(
                    stack, instance, callStack, function, arguments, callType, popResults);
        } finally {
            recorder.leave();
        }
    }
}
