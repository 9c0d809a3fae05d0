package dev.portcullis.host;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** The arrows inside of this module, and what it may know of the world. */
class ArchitectureTest {
    private static final String HOST = "dev.portcullis.host";

    /** They read and write what stands in texts, and ask no one. */
    private static final Class<?>[] READS_ADDRESSES_ONLY = {
        InetAddress.class, Inet6Address.class, UnknownHostException.class, URLEncoder.class
    };

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(HOST);

    @Test
    void theClassesAreThere() {
        assertThat(CLASSES.contain(PolicyEngine.class)).isTrue();
        assertThat(CLASSES.contain(ArchitectureTest.class)).isFalse();
        assertThat(CLASSES).hasSizeGreaterThan(40);
    }

    @Test
    void onlyTheEngineAndWhatRunsGuestsKnowChicory() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        HOST + ".engine..",
                        HOST + ".run..",
                        HOST + ".wasi..",
                        HOST + ".wapc..",
                        HOST + ".rego")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.dylibso.chicory..")
                .check(CLASSES);
    }

    @Test
    void nothingKnowsVertxKubernetesOrHttp() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage(
                                        "io.vertx..",
                                        "io.netty..",
                                        "io.fabric8..",
                                        "java.net..",
                                        "javax.net..",
                                        "com.sun.net..")
                                .and(not(belongToAnyOf(READS_ADDRESSES_ONLY))))
                .check(CLASSES);
    }

    @Test
    void nothingKnowsTheOtherModulesOfTheProject() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.portcullis..")
                                .and(not(resideInAPackage(HOST + ".."))))
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(HOST + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theInterfacesDoNotDependOnWhatIsBehindThem() {
        noClasses()
                .that()
                .resideInAPackage(HOST)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(HOST + ".(*)..")
                .check(CLASSES);
    }

    @Test
    void theReadersOfGoAndOfWasmDependOnNothingElseOfOurs() {
        for (var alone : new String[] {HOST + ".golang", HOST + ".wasm"}) {
            classes()
                    .that()
                    .resideInAPackage(alone)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(alone, "java..", "org.jspecify.."))
                    .check(CLASSES);
        }
    }

    @Test
    void theEngineKnowsNoPolicies() {
        noClasses()
                .that()
                .resideInAPackage(HOST + ".engine")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOST,
                        HOST + ".run",
                        HOST + ".wasi",
                        HOST + ".wapc",
                        HOST + ".rego..",
                        HOST + ".policy",
                        HOST + ".golang")
                .check(CLASSES);
    }
}
