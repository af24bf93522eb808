package dev.vmcp.core.backend;

import static dev.vmcp.core.backend.OptionField.BOOT_OPTIONS;
import static dev.vmcp.core.backend.OptionField.CPU_FEATURES;
import static dev.vmcp.core.backend.OptionField.MEMORY_BACKING;
import static dev.vmcp.core.backend.OptionField.NETWORK_OPTIONS;
import static dev.vmcp.core.backend.OptionField.STORAGE_OPTIONS;
import static dev.vmcp.core.backend.OptionValues.words;

import java.util.List;

/// The keys themselves.
final class OptionRegistry {

    private static final String QEMU = "qemu";
    private static final String FC = "firecracker";
    private static final String CH = "cloudhypervisor";

    /// Of bytes or operations: a terabyte is more than any device of a guest does.
    private static final OptionValues RATE = new OptionValues.Whole(1_000_000_000_000L);

    static final List<OptionKey> OF_QEMU =
            List.of(
                    new OptionKey(
                            QEMU,
                            CPU_FEATURES,
                            "model",
                            new OptionValues.Name(64),
                            "The CPU model, as `qemu-system-x86_64 -cpu help` lists them. Absent:"
                                    + " the driver takes the fullest model that works here."),
                    new OptionKey(
                            QEMU,
                            MEMORY_BACKING,
                            "hugepages",
                            words("on", "off"),
                            "Guest memory from huge pages, which the host must have reserved."
                                    + " Absent: off."),
                    new OptionKey(
                            QEMU,
                            MEMORY_BACKING,
                            "shared",
                            words("on", "off"),
                            "Guest memory that other processes can map. Absent: off."),
                    new OptionKey(
                            QEMU,
                            BOOT_OPTIONS,
                            "machine",
                            words("microvm", "q35"),
                            "The machine type. Absent: microvm, unless the spec needs more."),
                    new OptionKey(
                            QEMU,
                            BOOT_OPTIONS,
                            "accel",
                            words("kvm", "tcg"),
                            "Hardware acceleration or emulation. Absent: kvm where it runs any"
                                    + " guest, else tcg."),
                    new OptionKey(
                            QEMU,
                            BOOT_OPTIONS,
                            "vnc",
                            words("on", "off"),
                            "A screen, served by VNC on a unix socket in the launch's directory,"
                                    + " which backend_info names and only root and the VM's user"
                                    + " can reach. Takes machine type q35. Absent: off."),
                    new OptionKey(
                            QEMU,
                            STORAGE_OPTIONS,
                            "format",
                            words("raw", "qcow2"),
                            "The format of the image. It is never guessed. Absent: raw."),
                    new OptionKey(
                            QEMU,
                            STORAGE_OPTIONS,
                            "cache",
                            words("writeback", "none", "writethrough", "unsafe"),
                            "How the host caches; unsafe ignores flushes of the guest. Absent:"
                                    + " writeback."),
                    new OptionKey(
                            QEMU,
                            STORAGE_OPTIONS,
                            "serial",
                            new OptionValues.Name(20),
                            "The serial number that the guest reads. Absent: none."));

    static final List<OptionKey> OF_FIRECRACKER =
            List.of(
                    new OptionKey(
                            FC,
                            MEMORY_BACKING,
                            "hugepages",
                            words("on", "off"),
                            "Guest memory from 2 MiB huge pages; size_bytes is then a multiple of"
                                    + " 2 MiB. Absent: off."),
                    new OptionKey(
                            FC,
                            MEMORY_BACKING,
                            "dirty_tracking",
                            words("on", "off"),
                            "Remembers which pages change, which diff snapshots need and the guest"
                                    + " pays for. Absent: off."),
                    new OptionKey(
                            FC,
                            STORAGE_OPTIONS,
                            "cache",
                            words("writeback", "unsafe"),
                            "Whether flushes of the guest reach the disk; unsafe ignores them."
                                    + " Absent: writeback."),
                    new OptionKey(
                            FC,
                            STORAGE_OPTIONS,
                            "io",
                            words("sync", "async"),
                            "The I/O engine; async is io_uring. Absent: sync."),
                    new OptionKey(
                            FC,
                            STORAGE_OPTIONS,
                            "bytes_per_second",
                            RATE,
                            "How much the guest reads and writes at most. Absent: no limit."),
                    new OptionKey(
                            FC,
                            STORAGE_OPTIONS,
                            "ops_per_second",
                            RATE,
                            "How many requests of the guest are served at most. Absent: no limit."),
                    new OptionKey(
                            FC,
                            NETWORK_OPTIONS,
                            "rx_bytes_per_second",
                            RATE,
                            "How much the guest receives at most. Absent: no limit."),
                    new OptionKey(
                            FC,
                            NETWORK_OPTIONS,
                            "rx_packets_per_second",
                            RATE,
                            "How many packets the guest receives at most. Absent: no limit."),
                    new OptionKey(
                            FC,
                            NETWORK_OPTIONS,
                            "tx_bytes_per_second",
                            RATE,
                            "How much the guest sends at most. Absent: no limit."),
                    new OptionKey(
                            FC,
                            NETWORK_OPTIONS,
                            "tx_packets_per_second",
                            RATE,
                            "How many packets the guest sends at most. Absent: no limit."));

    static final List<OptionKey> OF_CLOUD_HYPERVISOR =
            List.of(
                    new OptionKey(
                            CH,
                            MEMORY_BACKING,
                            "hugepages",
                            words("on", "off"),
                            "Guest memory from huge pages, which the host must have reserved."
                                    + " Absent: off."),
                    new OptionKey(
                            CH,
                            MEMORY_BACKING,
                            "shared",
                            words("on", "off"),
                            "Guest memory that other processes can map. Absent: off."),
                    new OptionKey(
                            CH,
                            STORAGE_OPTIONS,
                            "format",
                            words("raw", "qcow2"),
                            "The format of the image. It is never guessed. Absent: raw."),
                    new OptionKey(
                            CH,
                            STORAGE_OPTIONS,
                            "cache",
                            words("writeback", "none"),
                            "How the host caches; none is O_DIRECT. Absent: writeback."),
                    new OptionKey(
                            CH,
                            STORAGE_OPTIONS,
                            "serial",
                            new OptionValues.Name(20),
                            "The serial number that the guest reads. Absent: none."));

    private OptionRegistry() {}
}
