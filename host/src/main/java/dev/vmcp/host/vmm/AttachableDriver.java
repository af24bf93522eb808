package dev.vmcp.host.vmm;

import dev.vmcp.core.vm.SpecFindings;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.Driver;
import dev.vmcp.host.driver.Ended;
import dev.vmcp.host.driver.Launch;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Prepared;
import dev.vmcp.host.driver.Probe;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.driver.Restoring;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.Exit;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A backend whose VMMs we start, or which drives the one that somebody else started: which of the
/// two is settled for new launches when the host starts. What runs already stays what it is.
public final class AttachableDriver implements Driver {

    /// A driver of the one VMM that somebody else started. Its launches leave their directories
    /// empty.
    public interface Attached extends Attachment {

        Probe probe();

        Prepared prepare(VmSpec spec, Launch launch);

        /// As [Driver#adopt], of a process that [#hold] gave.
        Live adopt(
                VmSpec spec,
                Launch launch,
                OsProcess process,
                Reaction reaction,
                Deadline deadline);
    }

    private static final String ENDED =
            "the VMM, which vmcp did not start, has ended; why is unknown";

    private final Driver managed;
    private final Attached attached;

    public AttachableDriver(Driver managed, Attached attached) {
        this.managed = managed;
        this.attached = attached;
    }

    @Override
    public String name() {
        return managed.name();
    }

    @Override
    public Probe probe() {
        return attached.inUse() ? attached.probe() : managed.probe();
    }

    @Override
    public SpecFindings check(VmSpec spec) {
        return managed.check(spec);
    }

    @Override
    public Prepared prepare(VmSpec spec, Launch launch) {
        return attached.inUse() ? attached.prepare(spec, launch) : managed.prepare(spec, launch);
    }

    @Override
    public Optional<SerialPort> serial(Launch launch) {
        return isAttached(launch) ? Optional.empty() : managed.serial(launch);
    }

    @Override
    public Ended ended(Launch launch, Exit exit) {
        return isAttached(launch) ? new Ended.Unasked(ENDED) : managed.ended(launch, exit);
    }

    @Override
    public List<Path> logs(Launch launch) {
        return isAttached(launch) ? List.of() : managed.logs(launch);
    }

    @Override
    public Optional<Restoring> restoring() {
        return attached.inUse() ? Optional.empty() : managed.restoring();
    }

    @Override
    public Live adopt(
            VmSpec spec, Launch launch, OsProcess process, Reaction reaction, Deadline deadline) {
        return process.ours()
                ? managed.adopt(spec, launch, process, reaction, deadline)
                : attached.adopt(spec, launch, process, reaction, deadline);
    }

    @Override
    public Optional<Attachment> attachment() {
        return Optional.of(attached);
    }

    /// A VMM of ours has files in its directory before it starts, and until the end.
    private static boolean isAttached(Launch launch) {
        try (var files = Files.newDirectoryStream(launch.directory())) {
            return !files.iterator().hasNext();
        } catch (IOException e) {
            return true;
        }
    }
}
