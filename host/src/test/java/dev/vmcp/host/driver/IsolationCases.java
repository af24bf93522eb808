package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ISOLATION_FILES;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_SYSCALLS;
import static dev.vmcp.core.backend.CapabilityName.ISOLATION_USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

/// What a VMM does not have of ours, and may not do.
interface IsolationCases extends Cases {

    /// SIGHUP, SIGINT and SIGTERM, as bits of the masks in `/proc`.
    long ENDING = 1 | 1 << 1 | 1 << 14;

    int ANOTHER_USER = 64_123;

    @Test
    default void aVmmInheritsNothingOfOurs() throws Exception {
        var file = Files.createFile(scratch().resolve("ours"));
        var pipe = Pipe.open();
        try (var ours = FileChannel.open(file, StandardOpenOption.WRITE);
                var source = pipe.source();
                var sink = pipe.sink();
                var vm = kit().bootedUp()) {
            assertThat(ours.isOpen() && source.isOpen() && sink.isOpen()).isTrue();
            var proc = new Proc(vm.process().id());
            assertThat(proc.variables()).isEqualTo(stage().variables());
            assertThat(proc.holds(file)).isFalse();
            var held = Proc.self().descriptors();
            assertThat(proc.descriptors())
                    .filteredOn(name -> name.startsWith("pipe:") || name.startsWith("socket:"))
                    .doesNotContainAnyElementsOf(held);
        }
    }

    @Test
    default void aVmmIsInNoSessionOfOurs() throws Exception {
        try (var vm = kit().boot()) {
            var session = new Proc(vm.process().id()).session();
            assertThat(session).isNotEqualTo(Proc.self().session());
            assertThat(session).isEqualTo(vm.process().id().pid());
        }
    }

    @Test
    default void aVmmHearsTheSignalsThatEndIt() throws Exception {
        try (var vm = kit().bootedUp()) {
            assertThat(new Proc(vm.process().id()).threads())
                    .allMatch(status -> (signals(status, "SigIgn") & ENDING) == 0)
                    .anyMatch(status -> (signals(status, "SigBlk") & ENDING) == 0);
        }
    }

    private static long signals(String status, String which) {
        return status.lines()
                .filter(line -> line.startsWith(which + ":"))
                .mapToLong(line ->
                        Long.parseUnsignedLong(line.substring(which.length() + 1).strip(), 16))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Proves(ISOLATION_USER)
    default void aVmmOfItsOwnUserHasNoPrivilegeAndGainsNone() throws Exception {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
                "only root changes users");
        try (var vm = kit().boot(stage().unprivileged(), stage().launchAs(ANOTHER_USER))) {
            assertThat(new Proc(vm.process().id()).status())
                    .containsPattern("Uid:\\s+64123\\s+64123\\s+64123\\s+64123")
                    .containsPattern("Gid:\\s+64123\\s+64123\\s+64123\\s+64123")
                    .containsPattern("CapEff:\\s+0{16}")
                    .containsPattern("CapPrm:\\s+0{16}")
                    .containsPattern("NoNewPrivs:\\s+1");
            unharmed(vm);
        }
    }

    @Test
    @Proves(ISOLATION_SYSCALLS)
    default void theSystemCallsOfAVmmAreFiltered() throws Exception {
        try (var vm = kit().bootedUp()) {
            assertThat(new Proc(vm.process().id()).threads())
                    .anyMatch(status -> status.contains("Seccomp:\t2"));
        }
    }

    @Test
    @Proves(ISOLATION_FILES)
    default void aVmmSeesNoFilesButItsOwn() throws Exception {
        try (var vm = kit().bootedUp()) {
            stage().assertFenced(vm.launch(), vm.live());
        }
    }
}
