package dev.vmcp.verify.bench;

import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The VMM of a VM that a host ran for a moment: how it was executed.
///
/// @param command its program's path and arguments
/// @param environment `NAME=VALUE` words
/// @param launch the directory that stands in the arguments
/// @param machine what stood in a file of that directory, where one was asked for
record Model(List<String> command, List<String> environment, Path launch, String machine) {

    /// @param file of the launch's directory whose text is wanted; empty for none
    static Model of(BenchHost host, String file) throws IOException {
        host.create("model");
        host.boot("model");
        var vmms = VmmProcesses.of(host.data());
        long pid = vmms.firstKey();
        var launch = host.data().resolve("launches").resolve(vmms.get(pid));
        var command = new ArrayList<>(words(pid, "cmdline"));
        command.set(0, Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString());
        var machine = file.isEmpty() ? "" : Files.readString(launch.resolve(file));
        var model = new Model(command, words(pid, "environ"), launch, machine);
        host.delete("model");
        return model;
    }

    private static List<String> words(long pid, String file) throws IOException {
        var text = Files.readString(Path.of("/proc/" + pid, file), StandardCharsets.UTF_8);
        var words = text.split("\0", -1);
        return List.of(words).subList(0, words.length - 1);
    }
}
