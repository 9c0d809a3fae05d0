package dev.portcullis.host.golang;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.conformance.policy.FixturePolicies;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoProgramTest {
    private static final List<String> FUNCTIONS =
            List.of("runtime.text", "runtime.main", "main.init.0", "main.main");
    private static final List<String> MODULES =
            List.of(
                    "mod\tcorp/policy\t(devel)\t",
                    "dep\texample.com/lib\tv1.0.0\th1:x=",
                    "dep\troot.example\tv1.0.0\th1:x=",
                    "dep\tcorp/odd.name\tv1.0.0\th1:x=",
                    "dep\tplain\tv1.0.0",
                    "=>\treplaced\tv1.0.0\th1:x=");

    private static final Path FOLDER =
            Objects.requireNonNull(FixturePolicies.inTree().path("required-labels").getParent())
                    .resolveSibling("");

    private static byte[] made(String version) {
        return ProgramMemory.made(version, false, MODULES, FUNCTIONS);
    }

    private static GoProgram program(byte[] memory) {
        return GoProgram.read(memory).orElseThrow();
    }

    // Real programs

    @ParameterizedTest
    @ValueSource(strings = {"required-labels", "add-annotations", "team-owner"})
    void theVersionAndTheFunctionsOfARealPolicyAreRead(String name) throws IOException {
        var policies = FixturePolicies.inTree();
        var toolchain =
                Files.readAllLines(FOLDER.resolve("go.mod")).stream()
                        .filter(line -> line.startsWith("toolchain "))
                        .map(line -> line.substring("toolchain ".length()))
                        .findFirst()
                        .orElseThrow();

        var program = program(ProgramMemory.of(policies.bytes(name)));

        assertThat(program.version()).isEqualTo(toolchain);
        assertThat(program.layoutKnown()).isTrue();
        for (var function :
                List.of(
                        "main.main",
                        "runtime.main",
                        "runtime.rand",
                        "syscall.fd_read",
                        "internal/chacha8rand.(*State).Refill")) {
            var places = program.placesOf(function::equals);
            assertThat(places.cardinality()).as(function).isEqualTo(1);
            assertThat(program.nameAt(places.nextSetBit(0))).isEqualTo(function);
        }
        assertThat(program.placesOf(_ -> true).cardinality()).isGreaterThan(1_000);
        assertThat(program.isStandard("main.main")).isFalse();
        assertThat(program.isStandard("encoding/json.(*Decoder).Decode")).isTrue();
        assertThat(program.isStandard("portcullis.dev/conformance/policies/internal/guest.Run"))
                .isFalse();
    }

    @Test
    void aRealPolicyThatIsCutOffAnywhereIsReadOrNotButNeverBreaks() {
        var memory = ProgramMemory.of(FixturePolicies.inTree().bytes("required-labels"));
        var random = new Random(23);

        for (int i = 0; i < 8; i++) {
            var cut = Arrays.copyOf(memory, random.nextInt(memory.length));
            GoProgram.read(cut)
                    .ifPresent(program -> assertThat(program.version()).startsWith("go1."));
        }
        assertThat(GoProgram.read(Arrays.copyOf(memory, memory.length / 4))).isEmpty();
    }

    // Programs made for the test

    @ParameterizedTest
    @CsvSource({"true, go1.22.0", "true, go1.24.13", "false, go1.25.1", "false, go1.26.8"})
    void functionsAreFoundInBothFormsOfTheTable(boolean wholeCounters, String version) {
        var program = program(ProgramMemory.made(version, wholeCounters, MODULES, FUNCTIONS));

        assertThat(program.version()).isEqualTo(version);
        for (int i = 0; i < FUNCTIONS.size(); i++) {
            assertThat(program.nameAt(3 + i)).isEqualTo(FUNCTIONS.get(i));
        }
        assertThat(program.nameAt(2)).isNull();
        assertThat(program.nameAt(3 + FUNCTIONS.size())).isNull();
        assertThat(program.placesOf(name -> name.startsWith("main.")))
                .isEqualTo(BitSet.valueOf(new long[] {0b110_0000}));
    }

    @ParameterizedTest
    @ValueSource(strings = {"go1.22", "go1.23.4", "go1.24", "go1.25.1", "go1.26.8"})
    void theLayoutOfTheseVersionsIsKnown(String version) {
        assertThat(program(made(version)).layoutKnown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"go1.2", "go1.21.9", "go1.27", "go1.27.1", "go1.220", "go1.260.1"})
    void theLayoutOfOtherVersionsIsNot(String version) {
        assertThat(program(made(version)).layoutKnown()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"go1.x", "go1.26.8-custom", "go1.26.", "go1."})
    void aVersionOfAnotherFormIsNoKnownProgram(String version) {
        assertThat(GoProgram.read(made(version))).isEmpty();
    }

    @Test
    void twoVersionsAreNoVersion() {
        var memory = made("go1.26.8");
        System.arraycopy(made("go1.25.1"), 20_544, memory, 30_000, 8);
        memory[28_672] = (byte) (30_000 & 0xff);
        memory[28_673] = (byte) (30_000 >> 8);
        memory[28_680] = 8;

        assertThat(GoProgram.read(memory)).isEmpty();
    }

    @Test
    void memoryThatHoldsNoGoProgramGivesNothing() {
        var random = new byte[100_000];
        new Random(29).nextBytes(random);

        assertThat(GoProgram.read(new byte[0])).isEmpty();
        assertThat(GoProgram.read(new byte[7])).isEmpty();
        assertThat(GoProgram.read(new byte[65_536])).isEmpty();
        assertThat(GoProgram.read(random)).isEmpty();
        assertThat(GoProgram.read("go1.26.8 go1.26.8".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
    }

    @Test
    void aLineTableThatNoModuleDataPointsAtIsNotOne() {
        var memory = made("go1.26.8");
        Arrays.fill(memory, 16_384, 16_384 + 16, (byte) 0);

        assertThat(GoProgram.read(memory)).isEmpty();
    }

    @Test
    void aMagicNumberBeforeTheRealTableDoesNotMislead() {
        var memory = made("go1.26.8");
        System.arraycopy(memory, 1_024, memory, 64, 8);

        assertThat(program(memory).nameAt(4)).isEqualTo("runtime.main");
    }

    @Test
    void aProgramCutOffBehindAnyByteIsReadOrNotButNeverBreaks() {
        var memory = made("go1.26.8");
        for (int length = 0; length < 26_000; length += 1 + length % 7) {
            var cut = GoProgram.read(Arrays.copyOf(memory, length));
            if (length < 20_544 + 8) {
                assertThat(cut).as("%d bytes", length).isEmpty();
            }
        }
    }

    @Test
    void aDamagedProgramIsReadOrNotButNeverBreaks() {
        var random = new Random(31);
        for (int i = 0; i < 500; i++) {
            var memory = made("go1.26.8");
            for (int j = 0; j < 4; j++) {
                // Where the table, its functions and the module data lie.
                int at =
                        random.nextBoolean() ? 1_024 + random.nextInt(300) : random.nextInt(24_700);
                memory[at] = (byte) random.nextInt();
            }
            var program = GoProgram.read(memory);
            program.ifPresent(found -> assertThat(found.version()).startsWith("go1."));
        }
    }

    // Whose functions these are

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runtime.main",
                "encoding/json.(*decodeState).object",
                "encoding/json.Marshal",
                "internal/sync.(*HashTrieMap[go.shape.string,go.shape.int]).Load",
                "slices.SortFunc[example.com/lib.T]",
                "vendor/golang.org/x/net/http2.init",
                "math/rand/v2.globalRand",
                "plainer.F",
                "time.init.0.func1"
            })
    void functionsOfTheStandardLibraryAreStandard(String function) {
        assertThat(program(made("go1.26.8")).isStandard(function)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "main.main",
                "main.glob..func1",
                "main.(*T).Method",
                "main.F[...]",
                "corp/policy/internal/x.Draw",
                "corp/policy.Draw",
                "example.com/lib.Draw",
                "example.com/lib/sub.(*T).Draw",
                "example.com/other.Draw",
                "gopkg.in/yaml%2ev3.Unmarshal",
                "plain.F",
                "plain/sub.init"
            })
    void functionsOfTheProgramAndOfItsModulesAreNot(String function) {
        assertThat(program(made("go1.26.8")).isStandard(function)).isFalse();
    }

    /** The linker writes the dots of an import path's last element as %2e. */
    @ParameterizedTest
    @ValueSource(strings = {"root%2eexample.Draw", "corp/odd%2ename.Draw", "root%2eexample.init"})
    void aPackageWhoseNameTheLinkerEscapedIsNotStandard(String function) {
        assertThat(program(made("go1.26.8")).isStandard(function)).isFalse();
    }

    @Test
    void nothingIsStandardInAProgramThatDoesNotListItsModules() {
        var program = program(ProgramMemory.made("go1.26.8", false, List.of(), FUNCTIONS));

        assertThat(program.isStandard("runtime.main")).isFalse();
    }

    @Test
    void aModuleListWithoutItsEndIsNone() {
        var memory = made("go1.26.8");
        Arrays.fill(memory, 24_700, memory.length, (byte) 0);

        assertThat(program(memory).isStandard("runtime.main")).isFalse();
    }
}
