package dev.vmcp.core.vm;

/// A process beyond doubt: the kernel reuses pids, but not together with start time and boot.
///
/// `startTicks` is field 22 of `/proc/<pid>/stat`; `bootId` is `/proc/sys/kernel/random/boot_id`.
public record ProcessId(long pid, long startTicks, String bootId) {

    public ProcessId {
        if (pid <= 0) {
            throw new IllegalArgumentException("pid: " + pid + " (expected: > 0)");
        }
    }
}
