package dev.portcullis.host.policy;

import static dev.portcullis.host.policy.Fixtures.context;
import static dev.portcullis.host.policy.Fixtures.message;
import static dev.portcullis.host.policy.Fixtures.patient;
import static dev.portcullis.host.wasm.ModuleBytes.DROP;
import static dev.portcullis.host.wasm.ModuleBytes.END;
import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.I64;
import static dev.portcullis.host.wasm.ModuleBytes.LOOP;
import static dev.portcullis.host.wasm.ModuleBytes.UNREACHABLE;
import static dev.portcullis.host.wasm.ModuleBytes.branch;
import static dev.portcullis.host.wasm.ModuleBytes.call;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.i64;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portcullis.host.Evaluation;
import dev.portcullis.host.FailureReason;
import dev.portcullis.host.GuestLimits;
import dev.portcullis.host.HostCalls;
import dev.portcullis.host.ModuleException;
import dev.portcullis.host.PolicyModule;
import dev.portcullis.host.SettingsEvaluation;
import dev.portcullis.host.StartLevel;
import dev.portcullis.host.wasm.ModuleBytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sequence and the exports of guest-abi §3, on guests of a few instructions. */
class WapcProtocolTest {
    private static final WasmPolicyEngine ENGINE =
            new WasmPolicyEngine(2, StartLevel.Kind.INITIALISED);
    private static final WasmPolicyEngine PLAIN = new WasmPolicyEngine(2, StartLevel.Kind.PLAIN);
    private static final byte[] PAYLOAD = "{}".getBytes(StandardCharsets.UTF_8);
    private static final String CALL = "internal server error: Guest call failure: ";
    private static final String START = "internal server error: Initialization failed: ";

    /** Where guests note what was called: eight places for one letter each. */
    private static final String ANSWER = "{\"accepted\":true,\"message\":\"........\"}";

    private static final int ANSWER_AT = 64;
    private static final int NOTE_AT = ANSWER_AT + ANSWER.indexOf('.');

    @AfterAll
    static void close() {
        ENGINE.close();
        PLAIN.close();
    }

    /** A guest that answers with the letters that were noted before. */
    private static final class Script {
        final ModuleBytes module = new ModuleBytes();
        final int procedure = module.type(List.of(), List.of());
        final int request = module.type(List.of(I32, I32), List.of());
        final int guestCall = module.type(List.of(I32, I32), List.of(I32));
        final int exit = module.type(List.of(I32), List.of());
        final int clock = module.type(List.of(I32, I64, I32), List.of(I32));
        final int respond = module.importFunction("wapc", "__guest_response", request);
        final int log = module.importFunction("wapc", "__console_log", request);
        final int hostCall =
                module.importFunction(
                        "wapc",
                        "__host_call",
                        module.type(Collections.nCopies(8, I32), List.of(I32)));
        final int procExit = module.importFunction("wasi_snapshot_preview1", "proc_exit", exit);
        final int randomGet =
                module.importFunction("wasi_snapshot_preview1", "random_get", guestCall);
        final int clockTimeGet =
                module.importFunction("wasi_snapshot_preview1", "clock_time_get", clock);
        private String metadata = metadata("\"v1\"");

        Script() {
            module.memory(1)
                    .exportMemory("memory")
                    .data(ANSWER_AT, ANSWER.getBytes(StandardCharsets.UTF_8));
        }

        static String metadata(String protocolVersion) {
            return "{\"protocolVersion\":"
                    + protocolVersion
                    + ",\"rules\":[],\"mutating\":false,\"executionMode\":\"kubewarden-wapc\"}";
        }

        Script protocol(String version) {
            metadata = metadata(version);
            return this;
        }

        /** Notes one letter at a place. */
        static byte[] note(int place, char letter) {
            return join(i32(NOTE_AT + place), i32(letter), new byte[] {0x3a, 0, 0}); // i32.store8
        }

        Script exporting(String name, byte[]... code) {
            module.export(name, module.function(procedure, 0, code));
            return this;
        }

        Script starting(byte[]... code) {
            module.start(module.function(procedure, 0, code));
            return this;
        }

        byte[] response() {
            return join(i32(ANSWER_AT), i32(ANSWER.length()), call(respond));
        }

        /** Exports a {@code __guest_call} that runs some code, responds and succeeds. */
        Script answering(byte[]... code) {
            return calling(join(code), response(), i32(1));
        }

        Script calling(byte[]... code) {
            module.export("__guest_call", module.function(guestCall, 0, code));
            return this;
        }

        byte[] bytes() {
            return module.custom(MetadataReader.SECTION, metadata.getBytes(StandardCharsets.UTF_8))
                    .module();
        }

        PolicyModule load() throws ModuleException {
            return ENGINE.load(bytes());
        }

        PolicyModule loadPlain() throws ModuleException {
            return PLAIN.load(bytes());
        }
    }

    private static Evaluation ask(PolicyModule policy) {
        return policy.validate(PAYLOAD, patient());
    }

    @Test
    void startAndThenWapcInitAreCalledOnceAndOnlyBeforeTheCall() throws ModuleException {
        var letters = new byte[][] {Script.note(0, 'S'), Script.note(1, 'W')};
        var script =
                new Script()
                        .exporting("_start", letters[0], Script.note(2, 's'))
                        .exporting("wapc_init", letters[1], Script.note(2, 'w'))
                        .exporting("_initialize", Script.note(3, 'I'))
                        .answering(Script.note(4, 'C'));
        for (var policy : List.of(script.load(), script.loadPlain())) {
            assertThat(message(ask(policy))).isEqualTo("SWw.C...");
            assertThat(message(ask(policy))).isEqualTo("SWw.C...");
        }
    }

    @Test
    void initializeIsCalledWhereThereIsNeitherStartNorWapcInit() throws ModuleException {
        var script = new Script().exporting("_initialize", Script.note(0, 'I')).answering();
        assertThat(message(ask(script.load()))).isEqualTo("I.......");
        assertThat(message(ask(script.loadPlain()))).isEqualTo("I.......");
    }

    @Test
    void aGuestThatNeedsNoInitialisationIsJustCalled() throws ModuleException {
        var script = new Script().answering(Script.note(0, 'C'));
        assertThat(message(ask(script.load()))).isEqualTo("C.......");
        assertThat(script.load().startLevel().kind()).isEqualTo(StartLevel.Kind.INITIALISED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStartFunctionOfTheModuleRunsFirstAndItsStateIsPartOfTheImage(boolean whole)
            throws ModuleException {
        var script =
                new Script()
                        .starting(Script.note(0, 'M'), Script.note(1, 'M'))
                        .exporting("_start", Script.note(1, 'S'))
                        .answering();
        if (whole) {
            script.module.structType(); // a type that only modules compiled whole may have
        }
        var bytes = script.bytes();
        for (var policy : List.of(ENGINE.load(bytes), PLAIN.load(bytes))) {
            assertThat(message(ask(policy))).isEqualTo("MS......");
            assertThat(message(ask(policy))).isEqualTo("MS......");
        }
        assertThat(ENGINE.load(bytes).startLevel())
                .isEqualTo(
                        whole
                                ? new StartLevel(
                                        StartLevel.Kind.PLAIN, "runs code while it is instantiated")
                                : new StartLevel(StartLevel.Kind.INITIALISED, ""));
    }

    @Test
    void anExitWithoutAnErrorEndsTheStartAndLeavesAGuestThatCanBeCalled() throws ModuleException {
        var script = new Script();
        script.exporting(
                        "_start",
                        Script.note(0, 'S'),
                        i32(0),
                        call(script.procExit),
                        Script.note(0, '!'))
                .exporting("wapc_init", Script.note(1, 'W'))
                .answering();
        for (var policy : List.of(script.load(), script.loadPlain())) {
            assertThat(message(ask(policy))).isEqualTo("SW......");
            assertThat(message(ask(policy))).isEqualTo("SW......");
        }
    }

    @ParameterizedTest
    @CsvSource({"_start", "wapc_init", "_initialize"})
    void anExitWithAnErrorIsAFailedInitialisation(String export) throws ModuleException {
        var script = new Script();
        script.exporting(export, i32(3), call(script.procExit)).answering();
        var policy = script.load();
        assertThat(policy.startLevel())
                .isEqualTo(
                        new StartLevel(
                                StartLevel.Kind.PLAIN, "its initialisation does not end well"));
        assertThat(ask(policy))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.EXIT,
                                START
                                        + "policy exited with code 3 and wrote nothing to standard"
                                        + " error"));
        assertThat(policy.validateSettings(PAYLOAD, patient()))
                .isEqualTo(
                        new SettingsEvaluation.Failed(
                                FailureReason.EXIT,
                                "Error invoking settings validation callback:"
                                        + " InitializationFailed(\"policy exited with code 3 and"
                                        + " wrote nothing to standard error\")"));
    }

    @Test
    void aTrapWhileItInitialisesIsAFailedInitialisation() throws ModuleException {
        var policy = new Script().exporting("wapc_init", UNREACHABLE).answering().load();
        assertThat(ask(policy))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.TRAP, START + "Trapped on unreachable instruction"));
    }

    @Test
    void aLoopInTheCallIsEndedAtTheDeadline() throws ModuleException {
        var script = new Script().exporting("wapc_init").calling(LOOP, branch(0), END, i32(0));
        var policy = script.loadPlain();
        var soon = context(Duration.ofSeconds(1), HostCalls.NONE, GuestLimits.DEFAULT);
        assertThat(policy.validate(PAYLOAD, soon))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.DEADLINE,
                                "Policy execution interrupted because it exceeded the allowed"
                                        + " execution time"));
    }

    @Test
    void aGuestMayNotExitInACall() throws ModuleException {
        var script = new Script();
        script.answering(i32(0), call(script.procExit));
        assertThat(ask(script.load()))
                .isEqualTo(
                        new Evaluation.Failed(
                                FailureReason.EXIT,
                                CALL
                                        + "policy exited with code 0 and wrote nothing to standard"
                                        + " error"));
    }

    @Test
    void aHostCallBeforeTheFirstCallIsAskedEachTime() throws ModuleException {
        var script = new Script();
        script.exporting(
                        "wapc_init",
                        i32(0),
                        i32(0),
                        i32(0),
                        i32(0),
                        i32(0),
                        i32(0),
                        i32(0),
                        i32(0),
                        call(script.hostCall),
                        DROP)
                .answering();
        assertThat(script.load().startLevel())
                .isEqualTo(
                        new StartLevel(
                                StartLevel.Kind.PLAIN,
                                "calls wapc.__host_call while it initialises"));
    }

    @Test
    void aGuestThatLogsBeforeTheFirstCallDoesSoEachTime() throws ModuleException {
        var script = new Script();
        script.exporting("wapc_init", i32(ANSWER_AT), i32(1), call(script.log)).answering();
        var policy = script.load();
        assertThat(policy.startLevel().kind()).isEqualTo(StartLevel.Kind.PLAIN);
        try (var log = new LogLines("dev.portcullis.host.wapc")) {
            ask(policy);
            ask(policy);
            assertThat(log.lines())
                    .containsExactly(
                            "INFO Guest module " + policy.digest() + ": {",
                            "INFO Guest module " + policy.digest() + ": {");
        }
    }

    @Test
    void randomBytesDrawnBeforeTheFirstCallAreNewEachTime() throws ModuleException {
        var script = new Script();
        script.exporting("wapc_init", i32(0), i32(16), call(script.randomGet), DROP).answering();
        assertThat(script.load().startLevel())
                .isEqualTo(
                        new StartLevel(
                                StartLevel.Kind.PLAIN, "draws random bytes while it initialises"));
    }

    @ParameterizedTest
    @CsvSource({"0", "1"})
    void aClockReadBeforeTheFirstCallIsReadEachTime(int clock) throws ModuleException {
        var script = new Script();
        script.exporting("wapc_init", i32(clock), i64(0), i32(0), call(script.clockTimeGet), DROP)
                .answering();
        assertThat(script.load().startLevel())
                .isEqualTo(
                        new StartLevel(
                                StartLevel.Kind.PLAIN, "reads a clock while it initialises"));
    }

    @Test
    void aModuleWithoutGuestCallIsRefused() {
        assertThatThrownBy(() -> new Script().exporting("wapc_init").load())
                .isInstanceOf(ModuleException.class)
                .hasMessage(
                        "module does not export a function __guest_call with two i32 parameters"
                                + " and an i32 result");
        assertThatThrownBy(() -> new Script().exporting("__guest_call").load())
                .isInstanceOf(ModuleException.class)
                .hasMessageStartingWith("module does not export a function __guest_call with");
    }

    @Test
    void aStartWithAResultIsRefused() {
        var script = new Script().answering();
        script.module.export("_start", script.module.function(script.guestCall, 0, i32(0)));
        assertThatThrownBy(script::load)
                .isInstanceOf(ModuleException.class)
                .hasMessage("module exports a function _start that has parameters or results");
    }

    @Test
    void aModuleThatDoesNotExportItsMemoryIsRefused() {
        var module = new ModuleBytes().memory(1);
        int type = module.type(List.of(I32, I32), List.of(I32));
        module.export("__guest_call", module.function(type, 0, i32(1)))
                .custom(
                        MetadataReader.SECTION,
                        Script.metadata("\"v1\"").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ENGINE.load(module.module()))
                .isInstanceOf(ModuleException.class)
                .hasMessage("module does not export its memory as \"memory\"");
    }

    @Test
    void anImportThatIsNotOfferedIsNamed() {
        var module = new ModuleBytes();
        int type = module.type(List.of(I32, I32), List.of(I32));
        module.importFunction("wapc", "__guest_wish", type);
        module.importFunction("host", "call", type);
        module.memory(1).exportMemory("memory");
        module.export("__guest_call", module.function(type, 0, i32(1)))
                .custom(
                        MetadataReader.SECTION,
                        Script.metadata("\"v1\"").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ENGINE.load(module.module()))
                .isInstanceOf(ModuleException.class)
                .hasMessage(
                        "module imports what this host does not offer: wapc.__guest_wish,"
                                + " host.call");
    }

    @Test
    void anImportOfAnotherTypeIsRefused() {
        var module = new ModuleBytes();
        int type = module.type(List.of(I32, I32), List.of(I32));
        module.importFunction("wapc", "__guest_response", type);
        module.memory(1).exportMemory("memory");
        module.export("__guest_call", module.function(type, 0, i32(1)))
                .custom(
                        MetadataReader.SECTION,
                        Script.metadata("\"v1\"").getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ENGINE.load(module.module()))
                .isInstanceOf(ModuleException.class)
                .hasMessageStartingWith("module cannot be instantiated: ");
    }

    @Test
    void aModuleWhoseStartFunctionTrapsIsRefused() {
        assertThatThrownBy(() -> new Script().starting(UNREACHABLE).answering().load())
                .isInstanceOf(ModuleException.class)
                .hasMessageStartingWith("module cannot be instantiated: ");
    }

    @ParameterizedTest
    @CsvSource({
        "null, 'Policy is missing protocol version, which is required for KubewardenWapc execution"
                + " mode'",
        "'\"Unknown\"', 'Policy protocol version Unknown cannot be used in KubewardenWapc execution"
                + " mode, only V1 is supported'",
    })
    void onlyTheFirstVersionOfTheProtocolIsSpoken(String version, String message) {
        assertThatThrownBy(() -> new Script().protocol(version).answering().load())
                .isInstanceOf(ModuleException.class)
                .hasMessage(message);
    }

    @Test
    void aModuleWithoutMetadataIsRefusedAndToldWhatToDo() {
        assertThatThrownBy(() -> ENGINE.load(ModuleBytes.header()))
                .isInstanceOf(ModuleException.class)
                .hasMessage(
                        "Policy is missing protocol version, which is required for KubewardenWapc"
                                + " execution mode (the module has no io.kubewarden.metadata"
                                + " section: annotate it)");
    }

    @Test
    void everyResultButZeroIsSuccess() throws ModuleException {
        var script = new Script();
        assertThat(message(ask(script.calling(script.response(), i32(-7)).load())))
                .isEqualTo("........");
    }

    @Test
    void aPlainlyStartedGuestSeesNothingOfAnEarlierOne() throws ModuleException {
        var script = new Script();
        // Noted behind the response: only a later call of the same guest could tell it.
        script.calling(script.response(), Script.note(0, 'X'), i32(1));
        for (var policy : List.of(script.load(), script.loadPlain())) {
            assertThat(message(ask(policy))).isEqualTo("........");
            assertThat(message(ask(policy))).isEqualTo("........");
        }
    }
}
