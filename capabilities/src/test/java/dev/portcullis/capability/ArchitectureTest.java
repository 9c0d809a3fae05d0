package dev.portcullis.capability;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.portcullis.host.ContextData;
import dev.portcullis.host.Deadline;
import dev.portcullis.host.HostAnswer;
import dev.portcullis.host.HostCall;
import dev.portcullis.host.HostCalls;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.portcullis.capability");

    @Test
    void onlyTheKubernetesPackageKnowsTheClientLibrary() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.portcullis.capability.kubernetes")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(CLASSES);
    }

    @Test
    void ofTheHostOnlyItsQuestionsAndAnswersAreKnown() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAPackage("dev.portcullis.host..")
                                .and(
                                        not(
                                                belongToAnyOf(
                                                        ContextData.class,
                                                        HostCalls.class,
                                                        HostCall.class,
                                                        HostAnswer.class,
                                                        Deadline.class))))
                .check(CLASSES);
    }

    @Test
    void noOtherModuleIsKnown() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.portcullis.gateway..", "dev.portcullis.conformance..")
                .check(CLASSES);
    }

    @Test
    void grantsAndQuestionsKnowNoAnswerer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.portcullis.capability.grant", "dev.portcullis.capability.question")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.portcullis.capability", "dev.portcullis.capability.kubernetes")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("dev.portcullis.(capability.*)").should().beFreeOfCycles().check(CLASSES);
        slices().matching("dev.portcullis.capability.(*)").should().beFreeOfCycles().check(CLASSES);
    }
}
