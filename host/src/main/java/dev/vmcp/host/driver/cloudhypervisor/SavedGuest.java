package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.TapAccess;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.Fifos;
import dev.vmcp.host.process.ProcessException;
import dev.vmcp.host.vmm.HostFault;
import dev.vmcp.host.vmm.Json;
import dev.vmcp.host.vmm.Traces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A snapshot as one launch sees it: the saved files, and a configuration in which the paths are
/// those of this launch.
///
/// @param snapshot where the saved files are
record SavedGuest(Launch launch, Path snapshot, Path directory) {

    private static final int LONGEST_CONFIG = 4 << 20;

    static SavedGuest lay(Launch launch, Path snapshot) throws IOException {
        var directory = Files.createDirectory(launch.directory().resolve("restored"));
        for (var name : ChSnapshots.FILES) {
            var file = snapshot.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new IOException("the snapshot has no " + name);
            }
            if (!name.equals(ChSnapshots.CONFIG)) {
                place(launch, file, directory.resolve(name));
            }
        }
        return new SavedGuest(launch, snapshot, directory);
    }

    /// Writes the configuration of this launch.
    void adapt(VmSpec spec, Placed placed, List<Map<String, Object>> landlock) throws IOException {
        var file = snapshot.resolve(ChSnapshots.CONFIG);
        if (Files.size(file) > LONGEST_CONFIG) {
            throw new IOException("the snapshot's configuration is too long");
        }
        var bytes = Files.readAllBytes(file);
        var config = adapted(Json.read(bytes, 0, bytes.length), spec, placed);
        config.put("landlock_enable", !landlock.isEmpty());
        var rules = new ArrayList<>(landlock);
        if (launch.uid() == 0) {
            rules.add(VmConfig.rule(snapshot.toString(), "r"));
        }
        config.put("landlock_rules", rules);
        Files.writeString(directory.resolve(ChSnapshots.CONFIG), Json.write(config));
        if (launch.uid() != 0) {
            Fifos.changeOwner(directory.resolve(ChSnapshots.CONFIG), launch.uid(), launch.uid());
            Fifos.changeOwner(directory, launch.uid(), launch.uid());
        }
    }

    /// Hands over the TAPs and lets the guest go on.
    void resume(ChApi api, VmSpec spec, TapAccess taps, Deadline deadline) {
        var request = new LinkedHashMap<String, Object>();
        request.put("source_url", "file://" + directory);
        request.put("resume", true);
        if (spec.nics().isEmpty()) {
            api.put("vm.restore", request, deadline);
            return;
        }
        request.put(
                "net_fds",
                spec.nics().stream()
                        .map(nic -> Map.of("id", DeviceIds.of(nic), "num_fds", 1))
                        .toList());
        var opened = new ArrayList<Integer>();
        try {
            spec.nics().forEach(nic -> opened.add(taps.open(nic.tap())));
            api.put("vm.restore", request, opened, deadline);
        } catch (ProcessException e) {
            throw HostFault.of(e);
        } finally {
            opened.forEach(Descriptors::close);
        }
    }

    private static Map<String, Object> adapted(
            Map<String, Object> saved, VmSpec spec, Placed placed) {
        var config = new LinkedHashMap<>(saved);
        var payload = new LinkedHashMap<>(Json.object(saved.get("payload")));
        payload.put("kernel", placed.kernel());
        if (!placed.initrd().isEmpty()) {
            payload.put("initramfs", placed.initrd());
        }
        config.put("payload", payload);
        config.put("disks", VmConfig.disks(spec, placed));
        return config;
    }

    /// What the VMM's user cannot reach in the snapshot's place is lent to it.
    private static void place(Launch launch, Path file, Path target) throws IOException {
        if (launch.uid() == 0) {
            Files.createSymbolicLink(target, file);
        } else {
            new Traces(launch.directory()).lend(file, target, launch.uid(), false);
        }
    }
}
