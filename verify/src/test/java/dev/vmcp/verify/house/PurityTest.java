package dev.vmcp.verify.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.vmcp.verify.house.sample.Impure;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The core decides, and nothing else: no I/O, threads, clock or chance.
class PurityTest {

    private static final String CORE = "dev.vmcp.core..";

    private static final Set<String> FORBIDDEN_CALLS =
            Set.of("java.util.UUID.randomUUID", "java.lang.Math.random");

    private static final Set<String> HARMLESS_SYSTEM_CALLS =
            Set.of("arraycopy", "identityHashCode", "lineSeparator");

    private static final Set<String> FORBIDDEN_TYPES =
            Set.of(
                    "java.lang.Thread",
                    "java.lang.Runtime",
                    "java.lang.Process",
                    "java.lang.ProcessBuilder",
                    "java.lang.ProcessHandle",
                    "java.lang.ThreadLocal",
                    "java.util.Random",
                    "java.util.Timer",
                    "java.util.Scanner",
                    "java.time.Clock");

    private static ArchRule fewLibraries(String packages) {
        return classes()
                .that()
                .resideInAPackage(packages)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        packages,
                        "java.lang",
                        "java.lang.annotation",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.util",
                        "java.util.function",
                        "java.util.regex",
                        "java.util.stream",
                        "java.time",
                        "java.math",
                        "org.jspecify.annotations")
                .allowEmptyShould(true);
    }

    private static ArchRule noOutsideWorld(String packages) {
        return noClasses()
                .that()
                .resideInAPackage(packages)
                .should()
                .accessTargetWhere(
                        new DescribedPredicate<JavaAccess<?>>("it is clock, chance or thread") {
                            @Override
                            public boolean test(JavaAccess<?> access) {
                                return outside(access.getTargetOwner().getName(), access.getName());
                            }
                        })
                .allowEmptyShould(true);
    }

    private static boolean outside(String type, String member) {
        return FORBIDDEN_TYPES.contains(type)
                || FORBIDDEN_CALLS.contains(type + "." + member)
                || (type.startsWith("java.time.") && member.equals("now"))
                || (type.equals("java.lang.System") && !HARMLESS_SYSTEM_CALLS.contains(member));
    }

    @Test
    void theCoreUsesFewLibraries() {
        fewLibraries(CORE).check(House.CLASSES);
    }

    @Test
    void theCoreSeesNoClockNoChanceAndNoThread() {
        noOutsideWorld(CORE).check(House.CLASSES);
    }

    @Test
    void theRulesSeeImpureCode() {
        var sample = new ClassFileImporter().importClasses(Impure.class);
        var packages = Impure.class.getPackageName();

        assertThat(fewLibraries(packages).evaluate(sample).getFailureReport().getDetails())
                .anyMatch(line -> line.contains("java.util.concurrent"));
        assertThat(noOutsideWorld(packages).evaluate(sample).getFailureReport().getDetails())
                .anyMatch(line -> line.contains("Instant.now"))
                .anyMatch(line -> line.contains("randomUUID"))
                .anyMatch(line -> line.contains("nanoTime"));
    }
}
