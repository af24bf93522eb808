package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;

/// The program `vmcp`, but for the commands that the launcher starts with the host's class path.
public final class Main {
    private Main() {}

    public static void main(String[] words) {
        var code = Cli.run(Terminal.ofProcess(), words).number();
        // All is printed and put back. An exit would bring up the JDK's logging, to log itself.
        Runtime.getRuntime().halt(code);
    }
}
