package dev.vmcp.host.config;

import dev.vmcp.platform.config.Configuration;
import dev.vmcp.platform.config.Kinds;
import dev.vmcp.platform.config.Setting;
import java.nio.file.Path;
import java.util.List;

/// Which hypervisor runs a VM that does not say, and where a running VMM is reached.
public record BackendConfig(
        Choice choice,
        Endpoint cloudHypervisor,
        Endpoint firecracker,
        QemuConfig qemu,
        FirecrackerConfig firecrackers) {

    /// `AUTO` picks by what the spec needs and what is installed.
    public enum Choice {
        AUTO,
        CLOUDHYPERVISOR,
        FIRECRACKER,
        QEMU,
        MVISOR
    }

    /// The API socket of a VMM that somebody else started.
    ///
    /// @param chosen whether it was set, so that attached mode is meant
    public record Endpoint(Path socket, boolean chosen) {}

    /// @param program the emulator: a path, or a name to find on the search path
    public record QemuConfig(String program, Accelerator accelerator) {}

    /// @param program to start: a path, or a name to find on the search path
    /// @param jailer likewise
    /// @param limits whether jails have control groups with limits
    public record FirecrackerConfig(String program, String jailer, Jail jail, boolean limits) {

        public FirecrackerConfig(String program, String jailer, Jail jail) {
            this(program, jailer, jail, false);
        }
    }

    /// `AUTO` jails VMs where the host runs as root and the jailer is installed.
    public enum Jail {
        AUTO,
        ALWAYS,
        NEVER
    }

    /// `AUTO` takes KVM where it runs any guest, else TCG.
    public enum Accelerator {
        AUTO,
        KVM,
        TCG
    }

    private static final Setting<Choice> BACKEND =
            Setting.of("backend.default", Kinds.choice(Choice.class))
                    .withFlag("--backend")
                    .env("UNKEY_VMCP_BACKEND")
                    .says("Hypervisor of a VM whose create call names none.");
    private static final Setting<Path> CLOUD_HYPERVISOR =
            Setting.of("backend.cloudhypervisor.endpoint", Kinds.unixEndpoint())
                    .withFlag("--ch-endpoint")
                    .env("UNKEY_VMCP_CH_ENDPOINT")
                    .or("unix:///tmp/ch.sock")
                    .says("API socket of a running Cloud Hypervisor; when set, that one is used.");
    private static final Setting<Path> FIRECRACKER =
            Setting.of("backend.firecracker.endpoint", Kinds.unixEndpoint())
                    .withFlag("--fc-endpoint")
                    .env("UNKEY_VMCP_FC_ENDPOINT")
                    .or("unix:///tmp/firecracker.sock")
                    .says("API socket of a running Firecracker; when set, that one is used.");
    private static final Setting<String> QEMU =
            Setting.of("backend.qemu.program", Kinds.text())
                    .withFlag("--qemu")
                    .env("VMCP_QEMU")
                    .or("qemu-system-x86_64")
                    .says("The QEMU to start: a path, or a name on the search path.");
    private static final Setting<Accelerator> ACCELERATOR =
            Setting.of("backend.qemu.accel", Kinds.choice(Accelerator.class))
                    .withFlag("--qemu-accel")
                    .env("VMCP_QEMU_ACCEL")
                    .or("auto")
                    .says("How QEMU runs guests; `auto` takes KVM where it runs any guest.");

    private static final Setting<String> FIRECRACKER_PROGRAM =
            Setting.of("backend.firecracker.program", Kinds.text())
                    .withFlag("--firecracker")
                    .env("VMCP_FIRECRACKER")
                    .or("firecracker")
                    .says("The Firecracker to start: a path, or a name on the search path.");
    private static final Setting<String> JAILER =
            Setting.of("backend.firecracker.jailer", Kinds.text())
                    .withFlag("--jailer")
                    .env("VMCP_JAILER")
                    .or("jailer")
                    .says("Firecracker's jailer, of the same release: a path, or a name.");
    private static final Setting<Jail> JAIL =
            Setting.of("backend.firecracker.jail", Kinds.choice(Jail.class))
                    .withFlag("--firecracker-jail")
                    .env("VMCP_FIRECRACKER_JAIL")
                    .or("auto")
                    .says(
                            "Whether Firecrackers are jailed; `auto`: as root, with the jailer"
                                    + " installed. Each jail has a user of its own, also with a"
                                    + " `guests.uid-base` of 0.");

    private static final Setting<Boolean> LIMITS =
            Setting.of("backend.firecracker.limits", Kinds.bool())
                    .withFlag("--firecracker-limits")
                    .env("VMCP_FIRECRACKER_LIMITS")
                    .or("false")
                    .says(
                            "Whether each jailed Firecracker is in a control group that bounds its"
                                    + " memory, CPU time and threads by what its VM has.");

    static List<Setting<?>> settings(Program program) {
        var shown = "`auto`; `cloudhypervisor` as `vmcp-api` and `chcp-api`";
        var backend = BACKEND.or(program.isDropIn() ? "cloudhypervisor" : "auto", shown);
        return List.of(
                program.names(backend),
                program.names(CLOUD_HYPERVISOR),
                program.names(FIRECRACKER),
                QEMU,
                ACCELERATOR,
                FIRECRACKER_PROGRAM,
                JAILER,
                JAIL,
                LIMITS);
    }

    static BackendConfig from(Configuration configuration) {
        return new BackendConfig(
                configuration.get(BACKEND),
                endpoint(configuration, CLOUD_HYPERVISOR),
                endpoint(configuration, FIRECRACKER),
                new QemuConfig(configuration.get(QEMU), configuration.get(ACCELERATOR)),
                new FirecrackerConfig(
                        configuration.get(FIRECRACKER_PROGRAM),
                        configuration.get(JAILER),
                        configuration.get(JAIL),
                        configuration.get(LIMITS)));
    }

    private static Endpoint endpoint(Configuration configuration, Setting<Path> setting) {
        return new Endpoint(configuration.get(setting), configuration.isGiven(setting));
    }
}
