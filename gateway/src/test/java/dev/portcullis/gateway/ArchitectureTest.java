package dev.portcullis.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.portcullis");

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.portcullis.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyBelowKnowsTheGateway() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.portcullis.gateway..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.portcullis.gateway..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEntryJoinsTheCapabilities() {
        noClasses()
                .that()
                .resideInAPackage("dev.portcullis.gateway.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.portcullis.capability..")
                .check(CLASSES);
    }

    @Test
    void onlyTheEntryChoosesAnEngine() {
        noClasses()
                .that()
                .resideInAPackage("dev.portcullis.gateway.*..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.portcullis.host.*..")
                .check(CLASSES);
    }

    @Test
    void onlyRoutesSpeakHttp() {
        onlyIn("route", "io.vertx.ext.web..", "io.vertx.core.http..");
    }

    @Test
    void onlyOptionsKnowTheCommandLine() {
        onlyIn("option", "picocli..");
    }

    @Test
    void onlyPoliciesReadYaml() {
        onlyIn("policy", "org.snakeyaml..");
    }

    private static void onlyIn(String user, String... libraries) {
        noClasses()
                .that()
                .resideInAPackage("dev.portcullis.gateway..")
                .and()
                .resideOutsideOfPackage("dev.portcullis.gateway." + user + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(CLASSES);
    }
}
