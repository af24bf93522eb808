package dev.vmcp.host.driver.qemu;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.vmm.HugePages;
import dev.vmcp.host.vmm.Kvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// QEMU's arguments for a spec.
///
/// Texts of users stand only where QEMU takes an argument as a whole (`-append`) or have passed a
/// check that leaves no comma or quote in them (model, serial, MAC).
final class CommandLine {

    /// The socket of the guest's screen, in the launch's directory.
    static final String SCREEN = "vnc.sock";

    private final VmSpec spec;
    private final Launch launch;
    private final Accelerator accelerator;
    private final Machine machine;
    private final Handover handover;
    private final List<String> arguments = new ArrayList<>();

    CommandLine(VmSpec spec, Launch launch, Accelerator accelerator, Handover handover) {
        this.spec = spec;
        this.launch = launch;
        this.accelerator = accelerator;
        this.machine = Machine.of(spec, accelerator.kind());
        this.handover = handover;
    }

    /// @param kernel where QEMU finds the kernel
    /// @param initrd where it finds the initrd; empty for none
    /// @throws IOException when what a disk stands on is not sound
    List<String> of(String qemu, String kernel, String initrd) throws IOException {
        add(qemu, "-name", "guest=" + launch.vm() + ",debug-threads=on");
        add("-no-user-config", "-nodefaults", "-display", "none", "-msg", "timestamp=on");
        add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        add("-accel", accelerator.kind().word(), "-cpu", cpu(), "-smp", processors());
        memory();
        // Whatever happens to the guest, QEMU stays, so that it can be asked what it was.
        add("-action", "reboot=reset,shutdown=pause,panic=pause");
        add("-chardev", "socket,id=qmp,path=" + QmpDial.SOCKET + ",server=on,wait=off");
        add("-mon", "chardev=qmp,mode=control");
        add("-chardev", "socket,id=fds,path=" + PassingMonitor.SOCKET + ",server=on,wait=off");
        add("-mon", "chardev=fds,mode=control");
        add("-chardev", "pipe,id=serial,path=" + escaped(launch.directory().resolve("serial")));
        add("-serial", "chardev:serial", "-device", "pvpanic");
        // Names the launch as it is, where the FIFOs' path may have commas written twice.
        add("-pidfile", launch.directory().resolve("pid").toString());
        add("-kernel", kernel);
        if (!initrd.isEmpty()) {
            add("-initrd", initrd);
        }
        var append = KernelArguments.of(spec);
        if (!append.isEmpty()) {
            add("-append", append);
        }
        var transports = new Transports(spec);
        arguments.addAll(new DiskArguments(machine, transports, handover).of(spec.disks()));
        arguments.addAll(new NicArguments(machine, transports, handover).of(launch.vm(), spec));
        if (machine == Machine.Q35) {
            arguments.addAll(Ports.arguments());
        }
        if (Machine.screen(spec)) {
            add("-vnc", "unix:" + SCREEN, "-device", "VGA");
        }
        return List.copyOf(arguments);
    }

    private void memory() {
        var bytes = spec.memory().bytes();
        var most = spec.memory().maxBytes();
        var more = most > bytes ? ",slots=16,maxmem=" + most + "B" : "";
        var hugepages = HugePages.wanted(spec.memory());
        var backed = hugepages || on("shared");
        var type =
                switch (machine) {
                    case MICROVM -> "microvm,acpi=on,rtc=on";
                    case Q35 -> "q35,vmport=off";
                };
        add("-machine", type + ",dump-guest-core=off" + (backed ? ",memory-backend=ram" : ""));
        add("-m", "size=" + bytes + "B" + more);
        if (backed) {
            add(
                    "-object",
                    "memory-backend-memfd,id=ram,size="
                            + bytes
                            + ",share="
                            + (on("shared") ? "on" : "off")
                            + (hugepages ? ",hugetlb=on,prealloc=on" : ""));
        }
    }

    private boolean on(String key) {
        return spec.memory().backing().getOrDefault(key, "off").equals("on");
    }

    /// `host` and `max` abort on a KVM without hardware virtualisation, which lacks the CPU's
    /// registers.
    private String cpu() {
        var wish = spec.cpu().features().getOrDefault("model", "");
        if (!wish.isEmpty()) {
            return wish;
        }
        return switch (accelerator.kind()) {
            case TCG -> "max";
            case KVM -> Kvm.hardware() ? "host" : "qemu64";
        };
    }

    private String processors() {
        var topology =
                spec.cpu()
                        .topology()
                        .map(t ->
                                ",sockets="
                                        + t.sockets()
                                        + ",cores="
                                        + t.coresPerSocket()
                                        + ",threads="
                                        + t.threadsPerCore())
                        .orElse("");
        return "cpus=" + spec.cpu().count() + ",maxcpus=" + spec.cpu().most() + topology;
    }

    private void add(String... more) {
        arguments.addAll(List.of(more));
    }

    /// A comma inside a value is written twice.
    private static String escaped(Path path) {
        return path.toString().replace(",", ",,");
    }
}
