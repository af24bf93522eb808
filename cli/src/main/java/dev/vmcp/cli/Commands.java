package dev.vmcp.cli;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Every command there is, as one tree.
final class Commands {
    private Commands() {}

    static CommandSpec root() {
        var root =
                Command.spec(
                        "vmcp",
                        "vmcp",
                        "Runs virtual machines: one API over QEMU, Firecracker, Cloud Hypervisor"
                                + " and MVisor.");
        root.addOption(
                OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Shows the version.")
                        .build());
        root.usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCode.list())
                .footer("", "Start with: vmcp doctor, then vmcp up, then vmcp vm create --help");
        var commands =
                List.of(
                        new Elsewhere("up", "Starts everything on this machine in one process."),
                        new Elsewhere("host", "Starts the host API of this machine."),
                        new Elsewhere("doctor", "Says what of this machine works, and the cures."),
                        new ShowCapabilities(),
                        new WriteCompletion(),
                        new ShowVersion());
        root.addSubcommand("vm", vm());
        commands.forEach(command -> add(root, command));
        return root;
    }

    static CommandLine vm() {
        var vm = Command.spec("vm", "vm", "Creates, runs and watches VMs.");
        var commands =
                List.of(
                        new CreateVm(),
                        new ListVms(InstantSource.system()),
                        new ShowVm(),
                        ChangeVms.boot(),
                        ChangeVms.pause(),
                        ChangeVms.resume(),
                        ChangeVms.stop(),
                        ChangeVms.reboot(),
                        ChangeVms.remove(),
                        new WatchVms(ZoneId.systemDefault()),
                        new ReadConsole());
        commands.forEach(command -> add(vm, command));
        return new CommandLine(vm);
    }

    private static void add(CommandSpec to, Command command) {
        var spec = command.spec();
        to.addSubcommand(spec.name(), new CommandLine(spec));
    }
}
