package dev.portcullis.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
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
        classes()
                .that()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx.ext.web..", "io.vertx.core.http..")
                .and()
                .resideInAPackage("dev.portcullis.gateway..")
                .should()
                .resideInAPackage("dev.portcullis.gateway.route..")
                .check(CLASSES);
    }

    @Test
    void onlyOptionsKnowTheCommandLineAndOnlyPoliciesReadYaml() {
        classes()
                .that()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .should()
                .resideInAPackage("dev.portcullis.gateway.option..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("dev.portcullis.gateway..")
                .and()
                .resideOutsideOfPackage("dev.portcullis.gateway.policy..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.snakeyaml..")
                .check(CLASSES);
    }
}
