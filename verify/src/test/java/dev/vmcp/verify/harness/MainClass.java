package dev.vmcp.verify.harness;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A main class of the tests, to be run in a process of its own.
public final class MainClass {

    private MainClass() {}

    /// Not started yet; with the class path of this process.
    public static ProcessBuilder process(Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}
