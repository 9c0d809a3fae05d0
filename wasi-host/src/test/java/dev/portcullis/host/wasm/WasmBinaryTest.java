package dev.portcullis.host.wasm;

import static dev.portcullis.host.wasm.ModuleBytes.I32;
import static dev.portcullis.host.wasm.ModuleBytes.bytes;
import static dev.portcullis.host.wasm.ModuleBytes.header;
import static dev.portcullis.host.wasm.ModuleBytes.i32;
import static dev.portcullis.host.wasm.ModuleBytes.join;
import static dev.portcullis.host.wasm.ModuleBytes.section;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WasmBinaryTest {
    private static final byte[] VOID_TYPE = section(1, bytes(1, 0x60, 0, 0));

    private static void assertMalformed(byte[] module, String message) {
        assertThatThrownBy(() -> WasmBinary.of(module))
                .isInstanceOf(MalformedModuleException.class)
                .hasMessageContaining(message);
    }

    private static ModuleBytes twoFunctions() {
        var module = new ModuleBytes().memory(1);
        int type = module.type(List.of(I32), List.of(I32));
        module.importFunction("env", "ask", type);
        module.function(type, 0, i32(1));
        module.function(type, 0, i32(2));
        return module;
    }

    @Test
    void bytesWithoutTheMagicNumberAreNoModule() {
        assertMalformed(new byte[0], "no magic number");
        assertMalformed(bytes(0, 'a', 's', 'm'), "no magic number");
        assertMalformed(
                "#!/bin/sh\necho no\n".getBytes(StandardCharsets.US_ASCII), "no magic number");
    }

    @Test
    void aComponentIsNamedAsTheReason() {
        assertMalformed(bytes(0, 'a', 's', 'm', 0x0d, 0, 1, 0), "components cannot be run");
    }

    @Test
    void aModuleOfNothingButItsHeaderHasNoFunctionsAndCannotBeReduced() {
        var binary = WasmBinary.of(header());

        assertThat(binary.functionCount()).isZero();
        assertThat(binary.reducible()).isFalse();
    }

    @Test
    void aSectionLongerThanTheFileIsTruncated() {
        assertMalformed(join(header(), bytes(1, 5, 1, 0x60)), "module is truncated at byte 10");
    }

    @Test
    void aSectionWithoutLengthIsTruncated() {
        assertMalformed(join(header(), bytes(1)), "module is truncated at byte 9");
    }

    @Test
    void aSectionWhoseLengthNeverEndsIsRefused() {
        assertMalformed(
                join(header(), bytes(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01)), "endless number");
    }

    @Test
    void aFunctionBodyLongerThanItsSectionIsTruncated() {
        assertMalformed(
                join(
                        header(),
                        VOID_TYPE,
                        section(3, bytes(1, 0)),
                        section(10, bytes(1, 9, 0, 0x0b)),
                        section(0, bytes(1, 'x', 1, 2, 3, 4, 5, 6))),
                "module is truncated");
    }

    @Test
    void declaredFunctionsWithoutCodeAreRefused() {
        assertMalformed(
                join(
                        header(),
                        VOID_TYPE,
                        section(3, bytes(2, 0, 0)),
                        section(10, bytes(1, 2, 0, 0x0b))),
                "2 functions are declared but 1 have code");
        assertMalformed(
                join(header(), VOID_TYPE, section(3, bytes(1, 0))),
                "1 functions are declared but 0 have code");
        assertMalformed(
                join(header(), section(10, bytes(1, 2, 0, 0x0b))),
                "0 functions are declared but 1 have code");
    }

    @Test
    void countsThatTheirSectionCannotHoldAreRefusedWithoutTakingMemoryForThem() {
        var huge = bytes(0xff, 0xff, 0xff, 0xff, 0x07);

        assertMalformed(join(header(), section(1, huge)), "truncated");
        assertMalformed(join(header(), section(2, huge)), "truncated");
        assertMalformed(join(header(), section(3, huge)), "more functions than bytes");
        assertMalformed(join(header(), section(10, huge)), "more function bodies than bytes");
        assertMalformed(
                join(header(), section(1, join(bytes(1, 0x60), huge))), "module is truncated");
    }

    @Test
    void whateverIsCutOffOrChangedEitherReadsOrIsCalledMalformed() {
        var module = twoFunctions().table(3).elements(0, 1).custom("note", bytes(1, 2)).module();
        var random = new Random(3);

        for (int i = 0; i < 20_000; i++) {
            var changed = Arrays.copyOf(module, random.nextInt(module.length) + 1);
            for (int j = random.nextInt(3); j > 0; j--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(WasmBinary.of(changed).bytes()).isSameAs(changed);
            } catch (MalformedModuleException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void theFirstOfTwoCustomSectionsWithANameIsTaken() {
        var binary =
                WasmBinary.of(
                        new ModuleBytes()
                                .custom("other", bytes(1))
                                .custom("note", bytes(2, 3))
                                .custom("note", bytes(4))
                                .module());

        assertThat(binary.customSection("note")).hasValue(bytes(2, 3));
        assertThat(binary.customSection("other")).hasValue(bytes(1));
        assertThat(binary.customSection("not")).isEmpty();
    }

    @Test
    void aCustomSectionMayBeEmpty() {
        assertThat(WasmBinary.of(new ModuleBytes().custom("note", bytes()).module()))
                .satisfies(binary ->
                        assertThat(binary.customSection("note"))
                                .hasValueSatisfying(content -> assertThat(content).isEmpty()));
    }

    @Test
    void aCustomSectionWhoseNameIsLongerThanItselfIsMalformed() {
        var binary = WasmBinary.of(join(header(), section(0, bytes(9, 'n'))));

        assertThatThrownBy(() -> binary.customSection("note"))
                .isInstanceOf(MalformedModuleException.class);
    }

    @Test
    void importedFunctionsComeFirst() {
        var binary = WasmBinary.of(twoFunctions().module());

        assertThat(binary.importedFunctionCount()).isEqualTo(1);
        assertThat(binary.functionCount()).isEqualTo(3);
    }

    @Test
    void theExitTableComesAfterTheTablesOfTheModule() {
        assertThat(WasmBinary.of(twoFunctions().module()).exitTable()).isZero();
        assertThat(WasmBinary.of(twoFunctions().table(1).table(2).module()).exitTable())
                .isEqualTo(2);
    }

    @Test
    void whatKeepsStateThatCopiesCannotShareIsNotReducible() {
        assertThat(WasmBinary.of(twoFunctions().module()).reducible()).isTrue();

        var none = new ModuleBytes();
        none.function(none.type(List.of(), List.of()), 0);
        assertThat(WasmBinary.of(none.module()).reducible()).as("no memory").isFalse();

        assertThat(WasmBinary.of(twoFunctions().memory(1).module()).reducible())
                .as("two memories")
                .isFalse();
        assertThat(WasmBinary.of(twoFunctions().importTable("env", "t").module()).reducible())
                .as("imported table")
                .isFalse();
        assertThat(WasmBinary.of(new ModuleBytes().importMemory("env", "m").module()).reducible())
                .as("imported memory")
                .isFalse();
        assertThat(WasmBinary.of(twoFunctions().tag(0).module()).reducible())
                .as("exception tag")
                .isFalse();
        assertThat(WasmBinary.of(twoFunctions().structType().module()).reducible())
                .as("garbage-collected type")
                .isFalse();
    }

    @Test
    void aModuleThatIsNotReducibleSaysSoInsteadOfBeingReduced() {
        var binary = WasmBinary.of(twoFunctions().memory(1).module());

        assertThatThrownBy(() -> binary.reduced(new BitSet(), true))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aReducedModuleKeepsEveryIndexAndCanBeReadAgain() {
        var module = twoFunctions().table(2).elements(0, 1, 2).custom("note", bytes(1));
        var binary = WasmBinary.of(module.module());
        var kept = new BitSet();
        kept.set(2);

        var withState = WasmBinary.of(binary.reduced(kept, true));
        var codeOnly = WasmBinary.of(binary.reduced(kept, false));

        for (var reduced : List.of(withState, codeOnly)) {
            assertThat(reduced.functionCount()).isEqualTo(binary.functionCount());
            assertThat(reduced.importedFunctionCount()).isEqualTo(binary.importedFunctionCount());
            assertThat(reduced.exitTable()).isEqualTo(binary.exitTable() + 1);
            assertThat(reduced.customSection("note")).isEmpty();
        }
        assertThat(codeOnly.bytes()).hasSizeLessThan(withState.bytes().length);
    }
}
