package dev.vmcp.host.driver.qemu;

import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.vmm.Json;

/// What the answer of `query-status` means.
final class QemuStatus {

    private QemuStatus() {}

    /// QEMU's own word, such as `running` or `guest-panicked`.
    static String word(Object answer) {
        return Json.object(answer).get("status") instanceof String word ? word : "";
    }

    static GuestState of(Object answer) {
        return switch (word(answer)) {
            case "running" -> GuestState.RUNNING;
            case "shutdown" -> GuestState.POWERED_OFF;
            case "internal-error", "guest-panicked" -> GuestState.CRASHED;
            default -> GuestState.PAUSED;
        };
    }
}
