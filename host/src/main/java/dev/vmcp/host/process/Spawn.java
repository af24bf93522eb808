package dev.vmcp.host.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What to start, and with what: nothing else is inherited.
///
/// @param argv the program's absolute path, then its arguments
/// @param environment exactly these variables
/// @param directory the working directory
/// @param output the file that takes standard output and error, appended; standard input is
///   `/dev/null`
/// @param descriptors descriptors of ours that the process gets as 3, 4, …, in this order
public record Spawn(
        List<String> argv,
        Map<String, String> environment,
        Path directory,
        Path output,
        List<Integer> descriptors) {

    public Spawn {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        descriptors = List.copyOf(descriptors);
    }
}
