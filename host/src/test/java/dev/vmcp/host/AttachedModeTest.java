package dev.vmcp.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.Program;
import dev.vmcp.platform.config.Startup;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttachedModeTest {

    private static HostConfig config(Program program, Map<String, String> environment) {
        var nowhere = new PrintStream(new ByteArrayOutputStream());
        return switch (HostConfig.read(
                program, List.of(), environment, new Startup.Output(nowhere, nowhere))) {
            case Startup.Go<HostConfig>(var config) -> config;
            case Startup.End<HostConfig>(var status) -> throw new AssertionError(status);
        };
    }

    private static AttachedMode decide(HostConfig config, boolean answers) {
        return AttachedMode.decide(
                config, config.backend().cloudHypervisor(), "cloudhypervisor", _ -> answers);
    }

    @Test
    void anEndpointThatIsSetIsMeant() {
        var set = Map.of("UNKEY_VMCP_CH_ENDPOINT", "unix:///run/x.sock");

        assertThat(decide(config(Program.VMCP, set), false))
                .isEqualTo(new AttachedMode(true, "its endpoint is set to unix:///run/x.sock"));
    }

    @Test
    void aDropInTakesTheDocumentedSocketWhereAVmmAnswers() {
        for (var program : List.of(Program.VMCP_API, Program.CHCP_API)) {
            assertThat(decide(config(program, Map.of()), true))
                    .isEqualTo(
                            new AttachedMode(
                                    true, "a VMM answers at the documented unix:///tmp/ch.sock"));
            assertThat(decide(config(program, Map.of()), false).on()).isFalse();
        }
        var other = config(Program.VMCP_API, Map.of("UNKEY_VMCP_BACKEND", "qemu"));
        assertThat(decide(other, true).on()).isFalse();
    }

    @Test
    void theHostByItsOwnNameStartsItsVmms() {
        assertThat(decide(config(Program.VMCP, Map.of()), true))
                .isEqualTo(new AttachedMode(false, "no endpoint is set"));
    }
}
