package dev.vmcp.host.endpoint;

import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.api.vmm.v1.NetworkStats;
import dev.vmcp.api.vmm.v1.StorageStats;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.api.vmm.v1.VmMetrics;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.core.backend.IgnoredFields;
import dev.vmcp.core.vm.LaunchId;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.keeper.VmView;

/// What is published of a VM, as the wire says it.
final class ViewMapping {

    private ViewMapping() {}

    static VmState state(Phase phase) {
        return switch (phase) {
            case Phase.Created _, Phase.Booting _ -> VmState.VM_STATE_CREATED;
            case Phase.Running _, Phase.Stopping _ -> VmState.VM_STATE_RUNNING;
            case Phase.Paused _ -> VmState.VM_STATE_PAUSED;
            case Phase.Stopped _, Phase.Failed _, Phase.Deleting _ -> VmState.VM_STATE_SHUTDOWN;
        };
    }

    static VmInfo listed(VmView view) {
        var record = view.record();
        return VmInfo.newBuilder()
                .setVmId(record.id().value())
                .setState(state(record.phase()))
                .setVcpuCount(record.spec().cpu().count())
                .setMemorySizeBytes(record.spec().memory().bytes())
                .setCreatedTimestamp(record.created().getEpochSecond())
                .setModifiedTimestamp(record.modified().getEpochSecond())
                .putAllMetadata(record.spec().metadata())
                .build();
    }

    static GetVmInfoResponse info(VmView view) {
        var record = view.record();
        var info =
                GetVmInfoResponse.newBuilder()
                        .setVmId(record.id().value())
                        .setConfig(SpecMapping.toApi(record.spec()))
                        .setState(state(record.phase()))
                        .putBackendInfo("backend", record.backend())
                        .putBackendInfo("mode", view.attached() ? "attached" : "managed")
                        .putBackendInfo("reason", record.reason())
                        .putBackendInfo("phase", record.phase().word())
                        .putBackendInfo("observed_at", view.observedAt().toString());
        IgnoredFields.of(record.spec(), record.backend())
                .ifPresent(what -> info.putBackendInfo("ignored", what));
        if (view.pid() != 0) {
            info.putBackendInfo("pid", Long.toString(view.pid()));
        }
        if (!view.version().isEmpty()) {
            info.putBackendInfo("version", view.version());
        }
        if (!view.screen().isEmpty()) {
            info.putBackendInfo("vnc", view.screen());
        }
        if (!launch(view).isEmpty()) {
            info.putBackendInfo("launch", launch(view));
        }
        if (!view.reason().isEmpty()) {
            var key = record.phase() instanceof Phase.Failed ? "failure" : "remark";
            info.putBackendInfo(key, view.reason());
        }
        view.usage()
                .ifPresent(usage -> {
                    info.setMetrics(metrics(usage));
                    info.putBackendInfo("metrics_at", usage.at().toString());
                });
        return info.build();
    }

    static dev.vmcp.api.host.v1.VmView.Builder watched(VmView view) {
        var record = view.record();
        return dev.vmcp.api.host.v1.VmView.newBuilder()
                .setVmId(record.id().value())
                .setState(state(record.phase()))
                .setPhase(record.phase().word())
                .setReason(view.reason())
                .setBackend(record.backend())
                .setVcpuCount(record.spec().cpu().count())
                .setMemorySizeBytes(record.spec().memory().bytes())
                .setPid(view.pid())
                .setLaunch(launch(view))
                .setObservedAtMillis(view.observedAt().toEpochMilli())
                .setCreatedAtMillis(record.created().toEpochMilli())
                .setModifiedAtMillis(record.modified().toEpochMilli())
                .putAllMetadata(record.spec().metadata());
    }

    private static String launch(VmView view) {
        return view.record().phase().launches().stream()
                .map(LaunchId::value)
                .findFirst()
                .orElse("");
    }

    private static VmMetrics metrics(VmView.Usage usage) {
        Counters counters = usage.counters();
        return VmMetrics.newBuilder()
                .setCpuUsagePercent(usage.cpuPercent())
                .setMemoryUsageBytes(counters.memoryBytes())
                .setUptimeSeconds(counters.uptimeMillis() / 1000)
                .setNetworkStats(
                        NetworkStats.newBuilder()
                                .setBytesReceived(counters.network().bytesIn())
                                .setBytesTransmitted(counters.network().bytesOut())
                                .setPacketsReceived(counters.network().packetsIn())
                                .setPacketsTransmitted(counters.network().packetsOut()))
                .setStorageStats(
                        StorageStats.newBuilder()
                                .setBytesRead(counters.storage().bytesRead())
                                .setBytesWritten(counters.storage().bytesWritten())
                                .setReadOperations(counters.storage().reads())
                                .setWriteOperations(counters.storage().writes()))
                .build();
    }
}
