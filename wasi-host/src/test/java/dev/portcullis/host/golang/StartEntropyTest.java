package dev.portcullis.host.golang;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portcullis.host.golang.StartEntropy.ObservedCall;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartEntropyTest {
    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;

    private final GoProgram program =
            GoProgram.read(
                            ProgramMemory.made(
                                    "go1.26.8",
                                    false,
                                    List.of(
                                            "mod\tcorp/policy\t(devel)",
                                            "dep\troot.example\tv1.0.0\th1:x="),
                                    List.of("main.main")))
                    .orElseThrow();

    private static ObservedCall random(@Nullable String... active) {
        return new ObservedCall("random_get", 4_096, Arrays.asList(active));
    }

    private static ObservedCall clock(int clock, @Nullable String... active) {
        return new ObservedCall("clock_time_get", clock, Arrays.asList(active));
    }

    @Test
    void aProgramThatAsksNothingMayHaveAnImage() {
        assertThat(StartEntropy.refusal(List.of())).isEmpty();
        assertThat(
                        StartEntropy.refusal(
                                List.of(new ObservedCall("fd_read", 0, List.of("main.init")))))
                .isEmpty();
    }

    @Test
    void theRuntimeMaySeedItself() {
        assertThat(
                        StartEntropy.refusal(
                                List.of(
                                        random("runtime.schedinit", "runtime.randinit"),
                                        random(
                                                "runtime.rt0_go",
                                                "internal/runtime/maps.rand",
                                                "runtime.getRandomData"))))
                .isEmpty();
    }

    @Test
    void randomBytesForAnyoneElseRefuseAndNameWhoAskedForThem() {
        assertThat(
                        StartEntropy.refusal(
                                List.of(
                                        random("runtime.randinit"),
                                        random(
                                                "runtime.main",
                                                "main.init.0",
                                                "crypto/rand.Read",
                                                "runtime.getRandomData"))))
                .hasValue("draws random bytes while it initialises, in crypto/rand.Read");
    }

    @Test
    void theWallClockForAnyoneElseRefusesAndNamesWhoReadIt() {
        assertThat(
                        StartEntropy.refusal(
                                List.of(
                                        clock(
                                                REALTIME,
                                                "runtime.main",
                                                "main.init",
                                                "time.Now",
                                                "time.now"))))
                .hasValue("reads the wall clock while it initialises, in time.now");
    }

    @Test
    void onlyTheGarbageCollectorMayReadTheWallClockThroughPackageTime() {
        assertThat(
                        StartEntropy.refusal(
                                List.of(clock(REALTIME, "runtime.gcMarkTermination", "time.now"))))
                .isEmpty();
        assertThat(StartEntropy.refusal(List.of(clock(REALTIME, "runtime.main", "time.now"))))
                .isPresent();
        assertThat(
                        StartEntropy.refusal(
                                List.of(
                                        clock(
                                                REALTIME,
                                                "main.init",
                                                "runtime.gcMarkDone",
                                                "time.now"))))
                .as("the program forced a collection")
                .isPresent();
    }

    @Test
    void theMonotonicClockIsNoEntropy() {
        assertThat(StartEntropy.refusal(List.of(clock(MONOTONIC, "main.init", "time.now"))))
                .isEmpty();
    }

    @Test
    void anUnknownFunctionIsNotBelieved() {
        assertThat(StartEntropy.refusal(List.of(random("runtime.main", null))))
                .hasValue("draws random bytes while it initialises, in an unknown function");
        assertThat(StartEntropy.refusal(List.of(clock(REALTIME, (String) null)))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runtimes.F", "xruntime.F", "runtime/debug.FreeOSMemory", "time.now"})
    void aNameThatOnlyLooksLikeTheRuntimesIsNot(String name) {
        assertThat(StartEntropy.refusal(List.of(random("runtime.main", name)))).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "runtime.rand, true",
        "runtime.rand32, true",
        "runtime.randn, true",
        "runtime.cheaprand, true",
        "runtime.cheaprandn64, true",
        "runtime.fastrand64, true",
        "runtime.legacy_fastrandn, true",
        "runtime.randinit, false",
        "runtime.random, false",
        "math/rand.Int, false"
    })
    void theGeneratorsOfTheRuntimeAreKnown(String name, boolean generator) {
        assertThat(StartEntropy.GENERATORS.test(name)).isEqualTo(generator);
    }

    @Test
    void theSmallPredicatesKnowTheirFunctions() {
        assertThat(StartEntropy.SCHEDULERS_GENERATOR).accepts("runtime.cheaprand64");
        assertThat(StartEntropy.SCHEDULERS_GENERATOR).rejects("runtime.rand");
        assertThat(StartEntropy.REFILL).accepts("internal/chacha8rand.(*State).Refill");
        assertThat(StartEntropy.REFILL).rejects("internal/chacha8rand.(*State).Init");
        assertThat(StartEntropy.MAPS)
                .accepts("runtime.mapassign_faststr", "internal/runtime/maps.NewMap");
        assertThat(StartEntropy.MAPS).rejects("main.mapOf", "maps.Keys");
    }

    @ParameterizedTest
    @CsvSource({
        "runtime.mapinit, false, true",
        "encoding/json.init, false, true",
        "sync.(*Pool).pin, false, true",
        "main.init, true, true",
        "corp/policy.init, true, true",
        "main.init, false, false",
        "corp/policy.init, false, false",
        "root%2eexample.init, false, false",
        "math/rand.Int, false, false",
        "math/rand.Int, true, false",
        "math/rand/v2.globalRand, true, false",
        "hash/maphash.MakeSeed, true, false",
        "os.CreateTemp, true, false",
        "net.init, true, false",
        "net/http.init, false, true"
    })
    void whoMayDrawBeforeTheImage(String caller, boolean usesMaps, boolean may) {
        assertThat(StartEntropy.mayDraw(program, caller, usesMaps)).isEqualTo(may);
    }

    @Test
    void aCallerWithoutANameMayNotDraw() {
        assertThat(StartEntropy.mayDraw(program, null, true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "runtime.mapinit, true",
        "internal/runtime/maps.NewMap, true",
        "internal/chacha8rand.block, true",
        "internal/sync.newIndirect, true",
        "sync.(*Pool).Get, true",
        "unique.Make, true",
        "math/rand.Int, false",
        "main.main, false",
        "syncx.F, false",
        ", false"
    })
    void whoOnlySpreadsEntries(@Nullable String name, boolean internal) {
        assertThat(StartEntropy.isInternal(name)).isEqualTo(internal);
    }
}
