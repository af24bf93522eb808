package dev.vmcp.host.driver;

import static dev.vmcp.host.driver.Kit.kind;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.process.Deadline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What stays of a launch that is over: nothing.
interface LeftoverCases extends Cases {

    @Test
    default void nothingIsLeftOfAVmThatRan() throws Exception {
        Launch launch;
        try (var vm = kit().bootedUp()) {
            launch = vm.launch();
            vm.process().kill();
            kit().end(vm.process());
        }
        gone(launch);
    }

    @Test
    default void nothingIsLeftOfALaunchThatWasPreparedOnly() throws Exception {
        var launch = stage().launch();
        kit().driver().prepare(stage().spec(), launch);
        gone(launch);
    }

    @Test
    default void nothingIsLeftOfABootThatFailed() throws Exception {
        var launch = stage().launch();
        var prepared = kit().driver().prepare(stage().spec(), launch);
        kind(() -> prepared.boot(kit().heard(launch), Deadline.in(Duration.ZERO)).close());
        gone(launch);
    }

    @Test
    default void aLaunchDirectoryIsUsedOnce() throws Exception {
        var launch = stage().launch();
        kit().driver().prepare(stage().spec(), launch);
        assertThat(kind(() -> kit().driver().prepare(stage().spec(), launch))).isEqualTo(Kind.HOST);
    }

    private void gone(Launch launch) throws Exception {
        stage().remove(launch);
        assertThat(stage().running()).isEmpty();
        assertThat(launch.directory()).doesNotExist();
        assertThat(stage().elsewhere(launch)).isEmpty();
        var marks = List.of(launch.directory().getParent() + "/" + launch.id().value());
        assertThat(HostState.now(marks)).matches(HostState::isEmpty);
    }
}
