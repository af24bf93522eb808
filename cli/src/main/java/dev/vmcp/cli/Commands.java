package dev.vmcp.cli;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Every command there is, as one tree.
final class Commands {
    private static final List<String> VM =
            List.of(
                    "create",
                    "ls",
                    "info",
                    "boot",
                    "pause",
                    "resume",
                    "stop",
                    "reboot",
                    "rm",
                    "watch",
                    "console",
                    "resize",
                    "attach-disk",
                    "detach-disk",
                    "attach-nic",
                    "detach-nic",
                    "snapshot",
                    "restore");

    private Commands() {}

    /// The whole tree.
    static CommandSpec root() {
        return root("", "");
    }

    /// The tree as far as a command line needs it that begins with these two words: where they name
    /// a command its neighbours are left out, for each costs a cold start some milliseconds.
    static CommandSpec root(String first, String second) {
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
        if (first.equals("vm")) {
            root.addSubcommand("vm", vm(second));
            return root;
        }
        add(root, new Elsewhere("up", "Starts everything on this machine in one process."));
        add(root, new Elsewhere("host", "Starts the host API of this machine."));
        root.addSubcommand("vm", vm(second));
        root.addSubcommand("snapshot", snapshot());
        root.addSubcommand("token", token());
        add(root, new ShowCapabilities());
        add(root, new LogLevel());
        add(root, new Elsewhere("doctor", "Says what of this machine works, and the cures."));
        add(root, new Elsewhere("upgrade-check", "Whether this release can take over a host."));
        add(root, new Elsewhere("backup", "Saves the records of a host that may be running."));
        add(root, new Elsewhere("restore", "Puts the records of a host back."));
        add(root, new WriteCompletion());
        add(root, new ShowVersion());
        return root;
    }

    /// @param only the command that is wanted; all of them when there is none of that name
    static CommandLine vm(String only) {
        var vm = new CommandLine(Command.spec("vm", "vm", "Creates, runs and watches VMs."));
        var wanted = vmCommand(only);
        if (wanted.isPresent()) {
            add(vm.getCommandSpec(), wanted.get());
            return vm;
        }
        for (var name : VM) {
            add(vm.getCommandSpec(), vmCommand(name).orElseThrow());
        }
        return vm;
    }

    private static CommandLine snapshot() {
        var spec = Command.spec("snapshot", "snapshot", "Lists and removes snapshots of VMs.");
        var snapshot = new CommandLine(spec);
        add(spec, new ListSnapshots(InstantSource.system()));
        add(spec, ChangeVms.removeSnapshots());
        return snapshot;
    }

    private static CommandLine token() {
        var spec = Command.spec("token", "token", "Says who may call a host, by tokens.");
        var token = new CommandLine(spec);
        add(spec, new CreateToken());
        add(spec, new ListTokens(InstantSource.system()));
        add(spec, ChangeVms.revokeTokens());
        return token;
    }

    private static Optional<Command> vmCommand(String name) {
        return switch (name) {
            case "create" -> Optional.of(new CreateVm());
            case "ls" -> Optional.of(new ListVms(InstantSource.system()));
            case "info" -> Optional.of(new ShowVm());
            case "boot" -> Optional.of(ChangeVms.boot());
            case "pause" -> Optional.of(ChangeVms.pause());
            case "resume" -> Optional.of(ChangeVms.resume());
            case "stop" -> Optional.of(ChangeVms.stop());
            case "reboot" -> Optional.of(ChangeVms.reboot());
            case "rm" -> Optional.of(ChangeVms.remove());
            case "watch" -> Optional.of(new WatchVms(ZoneId.systemDefault()));
            case "console" -> Optional.of(new ReadConsole());
            case "resize" -> Optional.of(AlterVm.resize());
            case "attach-disk" -> Optional.of(AlterVm.attachDisk());
            case "detach-disk" -> Optional.of(AlterVm.detachDisk());
            case "attach-nic" -> Optional.of(AlterVm.attachNic());
            case "detach-nic" -> Optional.of(AlterVm.detachNic());
            case "snapshot" -> Optional.of(AlterVm.snapshot());
            case "restore" -> Optional.of(AlterVm.restore());
            default -> Optional.empty();
        };
    }

    private static void add(CommandSpec to, Command command) {
        var spec = command.spec();
        to.addSubcommand(spec.name(), new CommandLine(spec));
    }
}
