package dev.vmcp.host.driver;

import static dev.vmcp.host.driver.Kit.kind;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.keeper.Backends;
import dev.vmcp.host.keeper.DriverRoom;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// One VM runs once, whoever asks how often.
interface LaunchCases extends Cases {

    int CALLERS = 4;

    @Test
    default void aLaunchThatRunsIsNotPreparedAgain() throws Exception {
        try (var vm = kit().bootedUp()) {
            assertThat(kind(() -> kit().driver().prepare(vm.spec(), vm.launch())))
                    .isEqualTo(Kind.HOST);
            unharmed(vm);
        }
    }

    @Test
    default void aPreparedLaunchIsBootedOnce() throws Exception {
        var launch = stage().launch();
        var heard = kit().heard(launch);
        var prepared = kit().driver().prepare(stage().spec(), launch);
        try (var live = prepared.boot(heard, soon())) {
            var vm = new KitVm(stage().spec(), launch, live, heard);
            stage().awaitUp(launch);
            assertThat(catchThrowable(() -> prepared.boot(kit().heard(launch), soon()).close()))
                    .isInstanceOf(DriverException.class);
            assertThat(stage().running())
                    .singleElement()
                    .satisfies(one -> assertThat(one.process()).isEqualTo(vm.process().id()));
            unharmed(vm);
        }
    }

    @Test
    default void whatAVmmLogsToIsSaidSoThatItIsKeptSmall() throws Exception {
        try (var vm = kit().bootedUp()) {
            var logs = kit().driver().logs(vm.launch());
            var there = logs.stream().filter(Files::exists).toList();
            var proc = new Proc(vm.process().id());
            assertThat(proc.held(there)).isEqualTo(there);
            assertThat(proc.descriptors())
                    .filteredOn(name -> name.endsWith(".log"))
                    .allMatch(name ->
                            logs.stream().anyMatch(log -> name.endsWith("/" + log.getFileName())));
        }
    }

    @Test
    default void manyWhoBootOneVmGetOneLaunch() throws Exception {
        var name = kit().driver().name();
        assumeTrue(Backends.NAMES.contains(name), () -> name + " is no backend of a host");
        var room = new DriverRoom(scratch(), Path.of("/"), kit().driver(), stage().processes());
        room.create("one", stage().spec(), name);
        try {
            assertThat(room.boot("one", CALLERS)).hasSize(CALLERS).containsOnly("OK");
            var first = room.running();
            assertThat(first).hasSize(1);
            assertThat(room.boot("one", CALLERS)).containsOnly("OK");
            assertThat(room.running()).isEqualTo(first);
            assertThat(room.launches("one")).isEqualTo(1);
        } finally {
            assertThat(room.delete("one")).isEqualTo("OK");
        }
        assertThat(room.running()).isEmpty();
    }
}
