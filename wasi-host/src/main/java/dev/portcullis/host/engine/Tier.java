package dev.portcullis.host.engine;

import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.WasmModule;
import java.util.function.Function;

/**
 * Some of a module's functions, made ready to run in one way: compiled to JVM bytecode, or
 * interpreted.
 *
 * @param module a reduced module; only this tier's functions have their body in it
 * @param machine makes what runs the module's code
 * @param interpreted whether the code is interpreted
 */
record Tier(WasmModule module, Function<Instance, Machine> machine, boolean interpreted) {}
