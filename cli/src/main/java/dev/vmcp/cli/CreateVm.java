package dev.vmcp.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmRequest;
import dev.vmcp.api.vmm.v1.CreateVmResponse;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.HostClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/// `vmcp vm create`.
final class CreateVm implements Command {
    private static final int MOST_FILE = 4 * 1024 * 1024;

    @Override
    public CommandSpec spec() {
        var spec =
                Command.spec(
                                this,
                                "create",
                                "Creates a VM from flags or from a file, and boots it with --boot.")
                        .addOption(
                                Command.value("ID", "--name")
                                        .description("Its id. Default: one is made up.")
                                        .build())
                        .addOption(
                                Command.value("FILE", "-f", "--file")
                                        .description(
                                                "A CreateVmRequest as JSON; - reads it from"
                                                        + " standard input.")
                                        .build())
                        .addOption(
                                Command.value("NAME", "--backend")
                                        .description("The hypervisor. Default: the host chooses.")
                                        .build())
                        .addOption(Command.flag("--boot", "Boot it at once."))
                        .addOption(
                                Command.flag(
                                        "--dry-run",
                                        "Create nothing: say which hypervisor it would get, and why"
                                                + " not each other one."));
        return HostOptions.add(VmFlags.add(spec));
    }

    @Override
    public ExitCode run(Invocation call) {
        var request = request(call);
        try (var client = call.open()) {
            if (call.flag("--dry-run")) {
                return DryRun.show(call, client, request);
            }
            var created = client.createVm(request);
            if (!call.flag("--boot")) {
                switch (call.output()) {
                    case JSON -> call.sayJson(created);
                    case NAME -> call.say(created.getVmId());
                    case TABLE -> Lines.state(call, created.getVmId(), created.getState());
                }
                return ExitCode.OK;
            }
            return boot(call, client, created.getVmId());
        }
    }

    private static ExitCode boot(Invocation call, HostClient client, String id) {
        VmState state;
        try {
            state = client.bootVm(BootVmRequest.newBuilder().setVmId(id).build()).getState();
        } catch (CallFailed failure) {
            call.terminal().err().println("vmcp: " + id + " is created, but did not boot");
            throw failure;
        }
        switch (call.output()) {
            case JSON -> call.sayJson(CreateVmResponse.newBuilder().setVmId(id).setState(state));
            case NAME -> call.say(id);
            case TABLE -> Lines.state(call, id, state);
        }
        return ExitCode.OK;
    }

    private static CreateVmRequest request(Invocation call) {
        var file = call.option("--file", "");
        var request = CreateVmRequest.newBuilder();
        if (file.isEmpty()) {
            request.setConfig(VmFlags.config(call));
        } else {
            refuseFlagsBesideFile(call);
            merge(read(call, file), file, request);
        }
        var name = call.option("--name", "");
        var backend = call.option("--backend", "");
        if (!name.isEmpty()) {
            request.setVmId(name);
        }
        if (!backend.isEmpty()) {
            request.setBackend(backend);
        }
        return request.build();
    }

    private static void refuseFlagsBesideFile(Invocation call) {
        for (var flag : VmFlags.NAMES) {
            if (call.words().hasMatchedOption(flag)) {
                throw new UsageException(
                        flag + " beside --file (expected: the file says it, or no file)");
            }
        }
    }

    private static String read(Invocation call, String file) {
        try (var in =
                file.equals("-") ? call.terminal().in() : Files.newInputStream(Path.of(file))) {
            var bytes = in.readNBytes(MOST_FILE + 1);
            if (bytes.length > MOST_FILE) {
                throw new UsageException("--file: '" + file + "' (expected: at most 4 MiB)");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UsageException("--file: '" + file + "' (expected: a file to read)");
        }
    }

    private static void merge(String json, String file, CreateVmRequest.Builder into) {
        try {
            JsonText.merge(json, into);
        } catch (InvalidProtocolBufferException e) {
            throw new UsageException(
                    "--file: '"
                            + file
                            + "' (expected: {\"vm_id\": …, \"config\": {…}}): "
                            + e.getMessage());
        }
    }
}
