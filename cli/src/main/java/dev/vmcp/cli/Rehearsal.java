package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import java.util.List;

/// The training run of the AOT cache: runs what people run most, so that the cache holds the
/// classes that it takes. Prints as they do; ends well whatever came of each. The kernel that
/// `VMCP_AOT_KERNEL` names is booted with each backend that is there, and the disk that
/// `VMCP_AOT_DISK` names with the one that takes no kernel, so often that the host's own training
/// learns which of its methods are hot.
public final class Rehearsal {
    private static final String VM = "aot-rehearsal";

    private static final List<String> LINES =
            List.of(
                    "--help",
                    "vm create --help",
                    "version",
                    "capabilities",
                    "vm create --name " + VM + " --kernel /boot/none --disk /tmp/a,ro --net tap=t0",
                    "vm ls",
                    "vm ls -o json",
                    "vm info " + VM,
                    "vm info " + VM + " -o json",
                    "vm watch --once",
                    "vm console " + VM + " --no-follow",
                    "vm ls --state nothing");

    private static final List<String> BACKENDS = List.of("qemu", "firecracker", "cloudhypervisor");
    private static final int BOOTS = 20;

    private Rehearsal() {}

    public static void main(String[] words) {
        LINES.forEach(line -> run(line));
        var kernel = System.getenv().getOrDefault("VMCP_AOT_KERNEL", "/boot/none");
        BACKENDS.forEach(backend -> live(backend, "16MiB --kernel " + kernel));
        var disk = System.getenv().getOrDefault("VMCP_AOT_DISK", "/boot/none");
        live("mvisor", "32MiB --disk " + disk + ",ro,root");
        OverJson.lives(
                System.getenv().getOrDefault("VMCP_ENDPOINT", "http://127.0.0.1:1"), kernel, BOOTS);
    }

    /// The lives of some VMs; of none where the first cannot be created.
    private static void live(String backend, String what) {
        var create = "vm create --name %s --backend %s --memory %s".formatted(VM, backend, what);
        for (int i = 0; i < BOOTS && run(create) == ExitCode.OK; i++) {
            run("vm boot " + VM);
            run("vm info " + VM);
            run("vm ls");
            run("vm console " + VM + " --no-follow");
            run("vm stop --force " + VM);
            run("vm rm --force " + VM);
        }
    }

    private static ExitCode run(String line) {
        return Cli.run(Terminal.ofProcess(), line.split(" ", -1));
    }
}
