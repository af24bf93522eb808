package dev.vmcp.cli;

import com.google.protobuf.MessageOrBuilder;
import dev.vmcp.api.host.v1.DeleteSnapshotRequest;
import dev.vmcp.api.host.v1.RevokeTokenRequest;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.DeleteVmRequest;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.RebootVmRequest;
import dev.vmcp.api.vmm.v1.ResumeVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The commands that do one thing to each VM named: boot, pause, resume, stop, reboot, rm.
record ChangeVms(String name, String description, List<OptionSpec> options, Change change)
        implements Command {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Duration BEYOND_GRACE = Duration.ofSeconds(30);

    /// What the host answered, and the word for it.
    record Done(String word, MessageOrBuilder response) {}

    /// One call for one VM.
    interface Change {
        Done apply(HostClient client, Invocation call, String id);
    }

    static ChangeVms boot() {
        return new ChangeVms(
                "boot",
                "Starts VMs.",
                List.of(),
                (client, _, id) -> {
                    var response = client.bootVm(BootVmRequest.newBuilder().setVmId(id).build());
                    return new Done(States.show(response.getState()), response);
                });
    }

    static ChangeVms pause() {
        return new ChangeVms(
                "pause",
                "Halts the virtual CPUs of VMs.",
                List.of(),
                (client, _, id) -> {
                    var response = client.pauseVm(PauseVmRequest.newBuilder().setVmId(id).build());
                    return new Done(States.show(response.getState()), response);
                });
    }

    static ChangeVms resume() {
        return new ChangeVms(
                "resume",
                "Lets paused VMs run on.",
                List.of(),
                (client, _, id) -> {
                    var response =
                            client.resumeVm(ResumeVmRequest.newBuilder().setVmId(id).build());
                    return new Done(States.show(response.getState()), response);
                });
    }

    static ChangeVms stop() {
        return new ChangeVms(
                "stop",
                "Asks the guests to power off, waits, then kills.",
                List.of(
                        Command.flag("--force", "Kill at once."),
                        HostOptions.duration(
                                "--timeout", "How long the guest may take. Default 30s.")),
                ChangeVms::stop);
    }

    private static Done stop(HostClient client, Invocation call, String id) {
        var grace = call.option("--timeout", GRACE);
        var request =
                ShutdownVmRequest.newBuilder()
                        .setVmId(id)
                        .setForce(call.flag("--force"))
                        .setTimeoutSeconds(Math.clamp(grace.toSeconds(), 1, 86_400));
        var limit = call.option("--deadline", grace.plus(BEYOND_GRACE));
        var response = client.within(limit).shutdownVm(request.build());
        var outcome = response.getOutcome();
        var state = States.show(response.getState());
        return new Done(outcome.isEmpty() ? state : state + " (" + outcome + ")", response);
    }

    static ChangeVms reboot() {
        return new ChangeVms(
                "reboot",
                "Restarts the guests.",
                List.of(Command.flag("--force", "Reset instead of asking the guest.")),
                (client, call, id) -> {
                    var request =
                            RebootVmRequest.newBuilder().setVmId(id).setForce(call.flag("--force"));
                    var limit = call.option("--deadline", GRACE.plus(BEYOND_GRACE));
                    var response = client.within(limit).rebootVm(request.build());
                    return new Done(States.show(response.getState()), response);
                });
    }

    static ChangeVms remove() {
        return new ChangeVms(
                "rm",
                "Removes VMs.",
                List.of(Command.flag("--force", "Also when running or paused.")),
                (client, call, id) -> {
                    var request =
                            DeleteVmRequest.newBuilder().setVmId(id).setForce(call.flag("--force"));
                    return new Done("removed", client.deleteVm(request.build()));
                });
    }

    static ChangeVms removeSnapshots() {
        return new ChangeVms(
                "rm",
                "Removes snapshots with their files.",
                List.of(),
                (client, _, id) -> {
                    var request = DeleteSnapshotRequest.newBuilder().setSnapshotId(id);
                    return new Done("removed", client.deleteSnapshot(request.build()));
                });
    }

    static ChangeVms revokeTokens() {
        return new ChangeVms(
                "revoke",
                "Makes tokens worthless at once.",
                List.of(),
                (client, _, id) -> {
                    var request = RevokeTokenRequest.newBuilder().setTokenId(id);
                    return new Done("revoked", client.revokeToken(request.build()));
                });
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(this, name, description);
        for (var option : options) {
            spec.addOption(option);
        }
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0..*")
                        .arity("1..*")
                        .required(true)
                        .paramLabel("ID")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .description("Each of them.")
                        .build());
        return HostOptions.add(spec);
    }

    /// Goes on after a failure, and ends with the code of the first.
    @Override
    public ExitCode run(Invocation call) {
        var first = ExitCode.OK;
        try (var client = call.open()) {
            for (var id : call.ids()) {
                try {
                    say(call, id, change.apply(client, call, id));
                } catch (CallFailed failure) {
                    var code = Failures.say(call.terminal(), failure, id);
                    first = first == ExitCode.OK ? code : first;
                }
            }
        }
        return first;
    }

    private static void say(Invocation call, String id, Done done) {
        switch (call.output()) {
            case JSON -> call.say(JsonText.oneLine(done.response()));
            case NAME -> call.say(id);
            case TABLE -> Lines.word(call, id, done.word());
        }
    }
}
