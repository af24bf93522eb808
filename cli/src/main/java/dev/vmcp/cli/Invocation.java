package dev.vmcp.cli;

import com.google.protobuf.MessageOrBuilder;
import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.HostClient;
import java.util.List;
import picocli.CommandLine.ParseResult;

/// One command with the words it was given.
record Invocation(ParseResult words, Terminal terminal) {

    /// The option's value; `otherwise` when it was not given.
    <T> T option(String name, T otherwise) {
        return words.matchedOptionValue(name, otherwise);
    }

    boolean flag(String name) {
        return words.matchedOptionValue(name, false);
    }

    List<String> all(String name) {
        return words.matchedOptionValue(name, List.<String>of());
    }

    /// The only positional word; empty when there is none.
    String id() {
        return words.matchedPositionalValue(0, "");
    }

    /// The second positional word; empty when there is none.
    String second() {
        return words.matchedPositionalValue(1, "");
    }

    /// The VM that this is about, as far as the words say.
    String subject() {
        if (words.matchedPositionals().isEmpty()) {
            return option("--name", "");
        }
        return words.matchedPositionalValue(0, (Object) "") instanceof String id ? id : "";
    }

    List<String> ids() {
        return words.matchedPositionalValue(0, List.<String>of());
    }

    Output output() {
        return HostOptions.output(this);
    }

    HostClient open() {
        return HostOptions.open(this);
    }

    void say(String line) {
        terminal.out().println(line);
    }

    void sayJson(MessageOrBuilder message) {
        terminal.out().println(JsonText.pretty(message));
    }
}
