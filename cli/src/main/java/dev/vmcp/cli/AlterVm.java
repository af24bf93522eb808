package dev.vmcp.cli;

import com.google.protobuf.MessageOrBuilder;
import dev.vmcp.api.host.v1.AttachDiskRequest;
import dev.vmcp.api.host.v1.AttachNicRequest;
import dev.vmcp.api.host.v1.DetachDiskRequest;
import dev.vmcp.api.host.v1.DetachNicRequest;
import dev.vmcp.api.host.v1.ResizeVmRequest;
import dev.vmcp.api.host.v1.RestoreVmRequest;
import dev.vmcp.api.host.v1.SnapshotVmRequest;
import dev.vmcp.cli.terminal.ByteSize;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The commands that change what one VM has, save it, or restore it.
///
/// @param second the label of the word after the VM's id; empty = there is none
record AlterVm(
        String name, String description, String second, List<OptionSpec> options, Change change)
        implements Command {

    /// A snapshot takes as long as the memory takes to write.
    private static final Duration SAVING = Duration.ofMinutes(10);

    /// What the host answered, and the words for it.
    record Done(String words, MessageOrBuilder response) {}

    /// One call.
    interface Change {
        Done apply(HostClient client, Invocation call, String id);
    }

    static AlterVm resize() {
        return new AlterVm(
                "resize",
                "Changes how many CPUs and how much memory a VM has, also while it runs.",
                "",
                List.of(
                        Command.value("N", "--cpus")
                                .type(Integer.class)
                                .description("How many virtual CPUs.")
                                .build(),
                        Command.value("SIZE", "--memory")
                                .type(Long.class)
                                .converters(new Converters.OfSize())
                                .description("How much memory, such as 2GiB.")
                                .build()),
                (client, call, id) -> {
                    var request =
                            ResizeVmRequest.newBuilder()
                                    .setVmId(id)
                                    .setVcpuCount(call.option("--cpus", 0))
                                    .setMemorySizeBytes(call.option("--memory", 0L));
                    if (request.getVcpuCount() == 0 && request.getMemorySizeBytes() == 0) {
                        throw new UsageException("resize: nothing (expected: --cpus or --memory)");
                    }
                    var has = client.resizeVm(request.build());
                    return new Done(
                            has.getVcpuCount()
                                    + " cpus, "
                                    + ByteSize.show(has.getMemorySizeBytes())
                                    + " memory",
                            has);
                });
    }

    static AlterVm attachDisk() {
        return new AlterVm(
                "attach-disk",
                "Plugs a disk into a VM, or replaces the one of this id.",
                "FILE,id=I[,ro][,KEY=VALUE]",
                List.of(),
                (client, call, id) -> {
                    var disk = DeviceFlags.disk(call.second());
                    var request = AttachDiskRequest.newBuilder().setVmId(id).setDisk(disk);
                    return new Done("attached " + disk.getId(), client.attachDisk(request.build()));
                });
    }

    static AlterVm detachDisk() {
        return new AlterVm(
                "detach-disk",
                "Unplugs a disk of a VM, and waits until the guest has let go of it.",
                "DISK",
                List.of(),
                (client, call, id) -> {
                    var request =
                            DetachDiskRequest.newBuilder().setVmId(id).setDiskId(call.second());
                    return new Done(
                            "detached " + call.second(), client.detachDisk(request.build()));
                });
    }

    static AlterVm attachNic() {
        return new AlterVm(
                "attach-nic",
                "Plugs a network interface into a VM, or replaces the one of this id.",
                "tap=T,id=I[,mac=M][,KEY=VALUE]",
                List.of(),
                (client, call, id) -> {
                    var nic = DeviceFlags.net(call.second(), 0);
                    var request = AttachNicRequest.newBuilder().setVmId(id).setNic(nic);
                    return new Done("attached " + nic.getId(), client.attachNic(request.build()));
                });
    }

    static AlterVm detachNic() {
        return new AlterVm(
                "detach-nic",
                "Unplugs a network interface of a VM, and waits until the guest has let go of it.",
                "NIC",
                List.of(),
                (client, call, id) -> {
                    var request = DetachNicRequest.newBuilder().setVmId(id).setNicId(call.second());
                    return new Done("detached " + call.second(), client.detachNic(request.build()));
                });
    }

    static AlterVm snapshot() {
        return new AlterVm(
                "snapshot",
                "Saves the state of a guest. One that runs stands still meanwhile.",
                "",
                List.of(
                        Command.value("ID", "--id")
                                .description("What the snapshot is called. Default: made up.")
                                .build(),
                        Command.flag("--diff", "Only what changed since the last one.")),
                (client, call, id) -> {
                    var request =
                            SnapshotVmRequest.newBuilder()
                                    .setVmId(id)
                                    .setSnapshotId(call.option("--id", ""))
                                    .setDiff(call.flag("--diff"));
                    var limit = call.option("--deadline", SAVING);
                    var saved = client.within(limit).snapshotVm(request.build());
                    return new Done("saved as " + saved.getSnapshot().getSnapshotId(), saved);
                });
    }

    static AlterVm restore() {
        return new AlterVm(
                "restore",
                "Starts a VM that is down where a snapshot was taken.",
                "SNAPSHOT",
                List.of(),
                (client, call, id) -> {
                    var request =
                            RestoreVmRequest.newBuilder().setVmId(id).setSnapshotId(call.second());
                    return new Done("running", client.restoreVm(request.build()));
                });
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(this, name, description).addPositional(Command.vmId());
        if (!second.isEmpty()) {
            spec.addPositional(
                    PositionalParamSpec.builder()
                            .index("1")
                            .required(true)
                            .paramLabel(second)
                            .type(String.class)
                            .build());
        }
        options.forEach(spec::addOption);
        return HostOptions.add(spec);
    }

    @Override
    public ExitCode run(Invocation call) {
        try (var client = call.open()) {
            var done = change.apply(client, call, call.id());
            switch (call.output()) {
                case JSON -> call.sayJson(done.response());
                case NAME -> call.say(call.id());
                case TABLE -> Lines.word(call, call.id(), done.words());
            }
        }
        return ExitCode.OK;
    }
}
