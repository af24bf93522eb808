package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.CallFailed;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reads a command line, runs the command, and says what went wrong.
final class Cli {
    private Cli() {}

    static ExitCode run(Terminal terminal, String... words) {
        var given = words(words);
        var root =
                new CommandLine(
                        Commands.root(
                                given.length > 0 ? given[0] : "",
                                given.length > 1 ? given[1] : ""));
        root.setUsageHelpWidth(terminal.width());
        try {
            return run(root.parseArgs(given), terminal);
        } catch (ParameterException e) {
            return usage(terminal, e.getCommandLine(), e);
        } finally {
            terminal.flush();
        }
    }

    /// `help vm create` is `vm create --help`.
    private static String[] words(String... words) {
        if (words.length == 0 || !words[0].equals("help")) {
            return words;
        }
        var turned = Arrays.copyOfRange(words, 1, words.length + 1);
        turned[words.length - 1] = "--help";
        return turned;
    }

    private static ExitCode run(ParseResult parsed, Terminal terminal) {
        var words = parsed;
        while (words.hasSubcommand() && !words.isUsageHelpRequested()) {
            words = words.subcommand();
        }
        var line = words.commandSpec().commandLine();
        if (words.isUsageHelpRequested()) {
            help(line, terminal.out(), terminal);
            return ExitCode.OK;
        }
        if (words.isVersionHelpRequested()) {
            return new ShowVersion().run(new Invocation(words, terminal));
        }
        if (!(words.commandSpec().userObject() instanceof Command command)) {
            help(line, terminal.err(), terminal);
            return ExitCode.USAGE;
        }
        var invocation = new Invocation(words, terminal);
        try {
            return command.run(invocation);
        } catch (UsageException e) {
            return usage(terminal, line, e);
        } catch (CallFailed failure) {
            return Failures.say(terminal, failure, invocation.subject());
        }
    }

    private static void help(CommandLine line, PrintStream to, Terminal terminal) {
        var ansi = terminal.colours() ? Help.Ansi.ON : Help.Ansi.OFF;
        line.usage(to, Help.defaultColorScheme(ansi));
    }

    private static ExitCode usage(Terminal terminal, CommandLine line, RuntimeException why) {
        var err = terminal.err();
        err.println("vmcp: " + Terminal.harmless(String.valueOf(why.getMessage())));
        if (why instanceof UnmatchedArgumentException unmatched) {
            UnmatchedArgumentException.printSuggestions(
                    unmatched, new PrintWriter(err, true, StandardCharsets.UTF_8));
        }
        err.println("next: " + line.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }
}
