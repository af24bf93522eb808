package dev.vmcp.verify.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.vmcp.verify.house.sample.Impure;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Means that only a few named places may use.
class ReservedTest {

    /// Who may make platform threads, each for a fixed number of them: the committer, the loop over
    /// descriptors, the launchers, and hooks for the end of the program; the harness one for each
    /// host.
    private static final Set<String> THREAD_MAKERS =
            Set.of(
                    "dev.vmcp.platform.sqlite.Database",
                    "dev.vmcp.platform.lifecycle.StopSignal",
                    "dev.vmcp.host.process.EventLoop",
                    "dev.vmcp.host.process.LinuxProcesses",
                    "dev.vmcp.cli.terminal.RawMode",
                    "dev.vmcp.verify.harness.HostProcess",
                    "dev.vmcp.verify.harness.AtEnd",
                    "dev.vmcp.verify.crash.OwnGround");

    private static final Set<String> POOLS =
            Set.of(
                    "java.util.concurrent.ThreadPoolExecutor",
                    "java.util.concurrent.ScheduledThreadPoolExecutor",
                    "java.util.concurrent.ForkJoinPool",
                    "java.util.Timer");

    /// Benchmarks make load of their own and measure us beside the bare server.
    private static final String BENCHES = "dev.vmcp.verify.bench..";

    private static ArchRule threads(Set<String> makers) {
        return noClasses()
                .that(not(makers))
                .and()
                .resideOutsideOfPackages("dev.vmcp.api..", "dev.vmcp.verify.connect..", BENCHES)
                .should()
                .accessTargetWhere(
                        new DescribedPredicate<JavaAccess<?>>("it makes platform threads") {
                            @Override
                            public boolean test(JavaAccess<?> access) {
                                return makesThreads(
                                        access.getTargetOwner().getName(), access.getName());
                            }
                        });
    }

    private static DescribedPredicate<JavaClass> not(Set<String> names) {
        return new DescribedPredicate<>("are not named") {
            @Override
            public boolean test(JavaClass type) {
                return names.stream()
                        .noneMatch(name ->
                                type.getName().equals(name)
                                        || type.getName().startsWith(name + "$"));
            }
        };
    }

    private static boolean makesThreads(String type, String member) {
        return switch (type) {
            case "java.lang.Thread" -> member.equals("<init>") || member.equals("ofPlatform");
            case "java.util.concurrent.Executors" ->
                    member.startsWith("new")
                            && !member.equals("newVirtualThreadPerTaskExecutor")
                            && !member.equals("newThreadPerTaskExecutor");
            case "java.lang.Process", "java.lang.ProcessHandle" -> member.equals("onExit");
            default -> POOLS.contains(type) && member.equals("<init>");
        };
    }

    private static ArchRule processes(String packages) {
        return noClasses()
                .that()
                .resideInAPackage(packages)
                .and()
                .haveSimpleNameNotContaining("Doctor")
                .and()
                .resideOutsideOfPackage("dev.vmcp.host.doctor..")
                .should()
                .accessTargetWhere(
                        new DescribedPredicate<JavaAccess<?>>("it starts a process") {
                            @Override
                            public boolean test(JavaAccess<?> access) {
                                var type = access.getTargetOwner().getName();
                                return type.equals("java.lang.ProcessBuilder")
                                        || (type.equals("java.lang.Runtime")
                                                && access.getName().equals("exec"));
                            }
                        })
                .allowEmptyShould(true);
    }

    @Test
    void platformThreadsAreMadeInNamedPlaces() {
        threads(THREAD_MAKERS).check(House.CLASSES);
    }

    @Test
    void aHostStartsProcessesInOneWay() {
        processes("dev.vmcp.host..").check(House.CLASSES);
    }

    @Test
    void jdbcStaysWithTheDatabase() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.vmcp.platform.sqlite..", "dev.vmcp.host.journal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
                .check(House.CLASSES);
    }

    @Test
    void theHttpServerStaysBehindItsPackages() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.vmcp.platform.rpc..",
                        "dev.vmcp.platform.http..",
                        "dev.vmcp.verify.fuzz..",
                        BENCHES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.linecorp.armeria..", "io.netty..")
                .check(House.CLASSES);
    }

    @Test
    void theRulesSeeThreadsAndProcesses() {
        var sample = new ClassFileImporter().importClasses(Impure.class);

        assertThat(threads(Set.of()).evaluate(sample).hasViolation()).isTrue();
        assertThat(threads(Set.of(Impure.class.getName())).allowEmptyShould(true))
                .extracting(rule -> rule.evaluate(sample).hasViolation())
                .isEqualTo(false);
        assertThat(processes(Impure.class.getPackageName()).evaluate(sample).hasViolation())
                .isTrue();
    }
}
