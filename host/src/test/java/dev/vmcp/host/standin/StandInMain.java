package dev.vmcp.host.standin;

import java.util.Arrays;
import java.util.List;

/// The process of a stand-in. Its first argument names the VMM that it stands for.
final class StandInMain {

    private StandInMain() {}

    public static void main(String[] arguments) throws Exception {
        var given =
                new Arguments(List.copyOf(Arrays.asList(arguments).subList(1, arguments.length)));
        switch (arguments[0]) {
            case "qemu" -> new QemuStandIn(given).run();
            case "firecracker" -> new FirecrackerStandIn(given).run();
            case "cloudhypervisor" -> new CloudHypervisorStandIn(given).run();
            case "mvisor" -> new MvisorStandIn(given).run();
            default ->
                    throw new IllegalStateException(
                            "VMM: " + arguments[0] + " (expected: one that has a stand-in)");
        }
    }
}
