package dev.vmcp.verify.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The arrows of the house: between modules, and between the rooms of a host.
class ArrowsTest {

    private static final Arrows MODULES =
            new Arrows(
                    Map.of(
                            "dev.vmcp.api", List.of(),
                            "dev.vmcp.core", List.of(),
                            "dev.vmcp.platform", List.of(),
                            "dev.vmcp.host",
                                    List.of("dev.vmcp.api", "dev.vmcp.core", "dev.vmcp.platform"),
                            "dev.vmcp.fleet",
                                    List.of("dev.vmcp.api", "dev.vmcp.core", "dev.vmcp.platform"),
                            "dev.vmcp.client", List.of("dev.vmcp.api"),
                            "dev.vmcp.cli", List.of("dev.vmcp.client", "dev.vmcp.api")));

    /// What passes through the keeper to those who show it: values, not power.
    private static final List<String> SHOWN =
            List.of(
                    "keeper",
                    "console.Console",
                    "driver.Probe",
                    "driver.Counters",
                    "driver.GuestState",
                    "process.Deadline",
                    "process.OsProcess",
                    "journal.VmRecord");

    private static List<String> endpoint() {
        return Stream.concat(SHOWN.stream(), Stream.of("access.Tokens")).toList();
    }

    private static List<String> metrics() {
        return Stream.concat(
                        SHOWN.stream(),
                        Stream.of(
                                "console.Consoles", "health.MachineFacts", "journal.TimedJournal"))
                .toList();
    }

    private static final Map<String, List<String>> ROOMS =
            Map.ofEntries(
                    Map.entry("endpoint", endpoint()),
                    Map.entry("access", List.of()),
                    Map.entry("health", SHOWN),
                    Map.entry("metrics", metrics()),
                    Map.entry("desired", List.of("keeper")),
                    Map.entry(
                            "keeper",
                            List.of(
                                    "driver", "journal", "process", "network", "disk", "image",
                                    "console", "vmm")),
                    Map.entry("driver", List.of("process")),
                    Map.entry("driver.qemu", List.of("driver", "process", "vmm")),
                    Map.entry("driver.firecracker", List.of("driver", "process", "vmm")),
                    Map.entry("driver.cloudhypervisor", List.of("driver", "process", "vmm")),
                    Map.entry("driver.mvisor", List.of("driver", "process", "vmm")),
                    Map.entry("vmm", List.of("driver", "process")),
                    Map.entry("process", List.of()),
                    Map.entry("journal", List.of()),
                    Map.entry("network", List.of("process")),
                    Map.entry("disk", List.of("process")),
                    Map.entry("image", List.of("process")),
                    Map.entry("console", List.of("process")),
                    Map.entry("guest", List.of()));

    @Test
    void modulesUseWhatTheyMay() {
        assertThat(MODULES.broken(House.CLASSES)).isEmpty();
    }

    @Test
    void roomsOfAHostKnowWhatTheyMay() {
        assertThat(rooms().broken(House.CLASSES)).isEmpty();
    }

    private static Arrows rooms() {
        var table = new HashMap<String, List<String>>();
        ROOMS.forEach((room, knows) ->
                table.put(
                        "dev.vmcp.host." + room,
                        knows.stream().map(other -> "dev.vmcp.host." + other).toList()));
        return new Arrows(table);
    }

    @Test
    void theTableOfRoomsSeesAWrongArrow() {
        var without = new HashMap<>(rooms().uses());
        without.put("dev.vmcp.host.driver", List.of());

        assertThat(new Arrows(without).broken(House.CLASSES))
                .anyMatch(broken -> broken.contains("dev.vmcp.host.process.Deadline"));
    }

    @Test
    void generatedTypesStopAtTheEdges() {
        noClasses()
                .that()
                .resideInAPackage("dev.vmcp..")
                .and()
                .resideOutsideOfPackages(
                        "dev.vmcp.api..",
                        "dev.vmcp.host.endpoint..",
                        "dev.vmcp.fleet.endpoint..",
                        "dev.vmcp.fleet.link..",
                        "dev.vmcp.host.link..",
                        "dev.vmcp.client..",
                        "dev.vmcp.cli..",
                        "dev.vmcp.verify..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.vmcp.api..")
                .check(House.CLASSES);
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("dev.vmcp.(**)").should().beFreeOfCycles().check(House.CLASSES);
    }
}
