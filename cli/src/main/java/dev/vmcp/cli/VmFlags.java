package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.BootConfig;
import dev.vmcp.api.vmm.v1.ConsoleConfig;
import dev.vmcp.api.vmm.v1.CpuConfig;
import dev.vmcp.api.vmm.v1.MemoryConfig;
import dev.vmcp.api.vmm.v1.VmConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A VM's configuration as flags.
final class VmFlags {
    private static final long DEFAULT_MEMORY = 512L << 20;

    /// Every flag that a configuration file says too.
    static final List<String> NAMES =
            List.of(
                    "--cpus",
                    "--max-cpus",
                    "--memory",
                    "--kernel",
                    "--initrd",
                    "--args",
                    "--boot-option",
                    "--disk",
                    "--net",
                    "--console-output",
                    "--metadata");

    private VmFlags() {}

    static CommandSpec add(CommandSpec spec) {
        return spec.addOption(number("--cpus", "Virtual CPUs. Default 1."))
                .addOption(number("--max-cpus", "How many it may grow to."))
                .addOption(
                        Command.value("SIZE", "--memory")
                                .type(Long.class)
                                .converters(new Converters.OfSize())
                                .description("Such as 2GiB. Default 512MiB.")
                                .build())
                .addOption(text("FILE", "--kernel", "The kernel to boot."))
                .addOption(text("FILE", "--initrd", "Its initial RAM disk."))
                .addOption(text("LINE", "--args", "The kernel's command line."))
                .addOption(
                        many("KEY=VALUE", "--boot-option", "A setting of the hypervisor's boot."))
                .addOption(
                        many(
                                "FILE[,ro][,root][,format=F][,KEY=VALUE]",
                                "--disk",
                                "A disk; may be repeated."))
                .addOption(
                        many(
                                "tap=T[,mac=M][,id=I][,type=T][,KEY=VALUE]",
                                "--net",
                                "A network interface; may be repeated."))
                .addOption(text("FILE", "--console-output", "Also write the console there."))
                .addOption(many("KEY=VALUE", "--metadata", "A note of yours; may be repeated."));
    }

    /// The configuration that the flags say.
    ///
    /// @throws UsageException naming the flag, its value and what was expected
    static VmConfig config(Invocation call) {
        var config =
                VmConfig.newBuilder()
                        .setCpu(
                                CpuConfig.newBuilder()
                                        .setVcpuCount(call.option("--cpus", 1))
                                        .setMaxVcpuCount(call.option("--max-cpus", 0)))
                        .setMemory(
                                MemoryConfig.newBuilder()
                                        .setSizeBytes(call.option("--memory", DEFAULT_MEMORY)))
                        .setBoot(
                                BootConfig.newBuilder()
                                        .setKernelPath(absolute(call.option("--kernel", "")))
                                        .setInitrdPath(absolute(call.option("--initrd", "")))
                                        .setKernelArgs(call.option("--args", ""))
                                        .putAllBootOptions(pairs(call, "--boot-option")))
                        .putAllMetadata(pairs(call, "--metadata"));
        for (var disk : call.all("--disk")) {
            config.addStorage(DeviceFlags.disk(disk));
        }
        for (var net : call.all("--net")) {
            config.addNetwork(DeviceFlags.net(net, config.getNetworkCount()));
        }
        var output = call.option("--console-output", "");
        if (!output.isEmpty()) {
            config.setConsole(
                    ConsoleConfig.newBuilder().setEnabled(true).setOutput(absolute(output)));
        }
        return config.build();
    }

    /// A path as the host can read it, which has another working directory.
    static String absolute(String path) {
        return path.isEmpty() ? "" : Path.of(path).toAbsolutePath().normalize().toString();
    }

    private static Map<String, String> pairs(Invocation call, String option) {
        var pairs = new LinkedHashMap<String, String>();
        for (var pair : call.all(option)) {
            var equals = pair.indexOf('=');
            if (equals <= 0) {
                throw new UsageException(option + ": '" + pair + "' (expected: KEY=VALUE)");
            }
            pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return pairs;
    }

    private static OptionSpec number(String name, String description) {
        return Command.value("N", name).type(Integer.class).description(description).build();
    }

    private static OptionSpec text(String label, String name, String description) {
        return Command.value(label, name).description(description).build();
    }

    private static OptionSpec many(String label, String name, String description) {
        return Command.value(label, name)
                .arity("1")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build();
    }
}
