package dev.vmcp.host;

import dev.vmcp.host.config.HostConfig;
import dev.vmcp.host.config.Program;
import dev.vmcp.platform.config.Startup;
import dev.vmcp.platform.lifecycle.Carriers;
import dev.vmcp.platform.lifecycle.Stack;
import dev.vmcp.platform.lifecycle.StopSignal;
import dev.vmcp.platform.telemetry.Logs;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/// `vmcp host`, `vmcp up`, `vmcp-api` and `chcp-api`: one host in this process.
public final class Main {

    private static final Duration STOP_BEYOND_DRAIN = Duration.ofSeconds(10);

    private Main() {}

    /// @param arguments the program's name, then its command (`host` or `up`) under the name
    ///   `vmcp`, then flags
    public static void main(String[] arguments) throws InterruptedException {
        Carriers.provide();
        System.exit(run(Arrays.asList(arguments)));
    }

    private static int run(List<String> arguments) throws InterruptedException {
        var name = arguments.isEmpty() ? "" : arguments.getFirst();
        var program = Program.named(name);
        if (program.isEmpty()) {
            System.err.println("program: " + name + " (expected: vmcp, vmcp-api or chcp-api)");
            return 64;
        }
        int flags = program.get() == Program.VMCP ? 2 : 1;
        var rest = arguments.subList(Math.min(flags, arguments.size()), arguments.size());
        var startup =
                HostConfig.read(program.get(), rest, System.getenv(), Startup.Output.standard());
        return switch (startup) {
            case Startup.End<HostConfig>(var status) -> status;
            case Startup.Go<HostConfig>(var config) -> serve(config);
        };
    }

    private static int serve(HostConfig config) throws InterruptedException {
        Logs.start(config.log().format(), config.log().level());
        var signal = StopSignal.install();
        var limit = config.api().drainTimeout().plus(STOP_BEYOND_DRAIN);
        return new Stack(List.of(new Host(config, System.getenv())), limit).run(signal);
    }
}
