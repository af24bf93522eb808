package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.ADOPT;
import static dev.vmcp.host.driver.Kit.kind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.process.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Something else than the VMM stands where its socket was when a later life of ours dials it.
interface HostileCases extends Cases {

    Duration BRIEF = Duration.ofMillis(700);

    /// How much later than its deadline an adoption may fail on a busy machine.
    Duration LATE = Duration.ofSeconds(5);

    @ParameterizedTest
    @EnumSource(Impostor.Manners.class)
    @Proves(ADOPT)
    default void anImpostorIsNotAdopted(Impostor.Manners manners) throws Exception {
        var vm = kit().bootedUp();
        var socket = socketOf(vm);
        vm.close();
        var aside = aside(socket);
        try (var impostor = new Impostor(socket, manners)) {
            fails(vm);
            assertThat(impostor.sent()).as("bytes that we read").isLessThan(64 << 20);
        }
        restored(vm, aside, socket);
    }

    @Test
    @Proves(ADOPT)
    default void aFileInPlaceOfTheSocketIsNotDialledForEver() throws Exception {
        var vm = kit().bootedUp();
        var socket = socketOf(vm);
        vm.close();
        var aside = aside(socket);
        Files.writeString(socket, "stale");
        fails(vm);
        restored(vm, aside, socket);
    }

    @Test
    @Proves(ADOPT)
    default void aSocketThatIsGoneIsNotDialledForEver() throws Exception {
        var vm = kit().bootedUp();
        var socket = socketOf(vm);
        vm.close();
        var aside = aside(socket);
        fails(vm);
        restored(vm, aside, socket);
    }

    private Path socketOf(KitVm vm) {
        var socket = stage().controlSocket(vm.launch());
        assumeTrue(socket.isPresent(), "this VMM has no control socket");
        return socket.orElseThrow();
    }

    private static Path aside(Path socket) throws IOException {
        return Files.move(socket, socket.resolveSibling("aside"));
    }

    private void fails(KitVm vm) throws Exception {
        var latest = Deadline.in(BRIEF.plus(LATE));
        var process = stage().processes().adopt(vm.process().id()).orElseThrow();
        try (process) {
            kind(() ->
                    stage().driver()
                            .adopt(
                                    vm.spec(),
                                    vm.launch(),
                                    process,
                                    kit().heard(vm.launch()),
                                    Deadline.in(BRIEF))
                            .close());
            assertThat(latest.passed()).as("late").isFalse();
            assertThat(process.exit()).isEmpty();
        }
    }

    private void restored(KitVm vm, Path aside, Path socket) throws Exception {
        Files.move(aside, socket, StandardCopyOption.REPLACE_EXISTING);
        try (var after = kit().adopt(vm)) {
            unharmed(after);
        }
    }
}
