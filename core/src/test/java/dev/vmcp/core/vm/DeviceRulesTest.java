package dev.vmcp.core.vm;

import static dev.vmcp.core.vm.SpecRulesTest.objections;
import static dev.vmcp.core.vm.Specs.nic;
import static dev.vmcp.core.vm.Specs.readOnly;
import static dev.vmcp.core.vm.Specs.root;
import static dev.vmcp.core.vm.Specs.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.SpecRules.Limits;
import dev.vmcp.core.vm.VmSpec.Console;
import dev.vmcp.core.vm.VmSpec.Disk;
import dev.vmcp.core.vm.VmSpec.Nic;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRulesTest {

    private static Disk disk(String id, String path, String type) {
        return new Disk(id, path, false, false, type, Map.of());
    }

    @Test
    void idsOfDisksAreWellFormedAndUnique() {
        assertThat(objections(with(disk("data", "/a", ""), disk("data", "/b", ""))))
                .containsExactly("config.storage[1].id");
        assertThat(objections(with(disk("", "/a", ""), disk("", "/b", "")))).isEmpty();
        assertThat(objections(with(disk("../x", "/a", ""))))
                .containsExactly("config.storage[0].id");
        assertThat(objections(with(disk("a,b", "/a", "")))).containsExactly("config.storage[0].id");
        assertThat(objections(with(disk("a".repeat(65), "/a", "")))).hasSize(1);
    }

    @Test
    void aFileThatIsWrittenIsNamedOnce() {
        assertThat(objections(with(Specs.disk("/a"), Specs.disk("/a"))))
                .containsExactly("config.storage[1].path");
        assertThat(objections(with(readOnly("/a"), Specs.disk("/a")))).hasSize(1);
        assertThat(objections(with(readOnly("/a"), readOnly("/a")))).isEmpty();
    }

    @Test
    void oneDiskAtMostIsTheRoot() {
        assertThat(objections(with(Specs.disk("/a"), root("/b"), root("/c"))))
                .containsExactly("config.storage[2].is_root_device");
    }

    @Test
    void interfaceTypesAreThoseOfTheContract() {
        for (var type : new String[] {"", "virtio-blk", "scsi", "ide", "nvme"}) {
            assertThat(objections(with(disk("", "/a", type)))).isEmpty();
        }
        assertThat(objections(with(disk("", "/a", "floppy"))))
                .containsExactly("config.storage[0].interface_type");
        assertThat(objections(with(new Nic("n", "", "tap0", "e1000", Map.of())))).isEmpty();
        assertThat(objections(with(new Nic("n", "", "tap0", "ne2000", Map.of()))))
                .containsExactly("config.network[0].interface_type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "52:54:00:db:01:01", "52:54:00:01:02:03", "52:54:00:DB:01:01"})
    void macAddressesOfTheGuidePass(String mac) {
        assertThat(objections(with(nic("db-net", "db-tap0", mac)))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "53:54:00:db:01:01",
                "ff:ff:ff:ff:ff:ff",
                "00:00:00:00:00:00",
                "52:54:00:db:01",
                "52-54-00-db-01-01",
                "52:54:00:db:01:01,mq=on",
                "52:54:00:db:01:0g",
                " 52:54:00:db:01:01"
            })
    void otherAddressesDoNot(String mac) {
        assertThat(objections(with(nic("net", "tap0", mac))))
                .containsExactly("config.network[0].mac_address");
    }

    @Test
    void addressesTapsAndIdsAreUsedOnce() {
        assertThat(
                        objections(
                                with(
                                        nic("a", "tap0", "52:54:00:DB:01:01"),
                                        nic("a", "tap0", "52:54:00:db:01:01"))))
                .containsExactly(
                        "config.network[1].id",
                        "config.network[1].tap_device",
                        "config.network[1].mac_address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "tap%d",
                "tap0,script=x",
                "a/b",
                "a:b",
                "a b",
                "-tap",
                "sixteen-letters-"
            })
    void aTapHasTheNameOfAnInterface(String tap) {
        assertThat(objections(with(nic("net", tap, ""))))
                .containsExactly("config.network[0].tap_device");
    }

    @Test
    void aConsoleFileIsAskedForWithTheConsole() {
        assertThat(objections(with(new Console(true, "/var/log/vms/vm.log", "", "serial"))))
                .isEmpty();
        assertThat(objections(with(new Console(false, "/var/log/vms/vm.log", "", ""))))
                .containsExactly("config.console.output");
        assertThat(objections(with(new Console(true, "vm.log", "", ""))))
                .containsExactly("config.console.output");
        assertThat(objections(with(new Console(true, "", "", "vga"))))
                .containsExactly("config.console.console_type");
    }

    @Test
    void aConsoleFileIsNoDiskOfTheSameVm() {
        var disk = Specs.GOOD.disks().getFirst().path();

        assertThat(objections(with(new Console(true, disk, "", ""))))
                .containsExactly("config.console.output");
    }

    @Test
    void consoleInputIsUnsupportedAndNamesWhatToUse() {
        var found = SpecRules.check(with(new Console(true, "", "/in", "")), Limits.PUBLISHED);

        assertThat(found.invalid()).isEmpty();
        assertThat(found.problem("qemu"))
                .hasValueSatisfying(problem ->
                        assertThat(problem)
                                .isInstanceOf(Problem.Unsupported.class)
                                .extracting(Problem::message)
                                .asString()
                                .contains("config.console.input", "/in", "WriteConsole"));
    }
}
