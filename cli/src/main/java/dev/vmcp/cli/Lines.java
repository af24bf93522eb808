package dev.vmcp.cli;

import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.cli.terminal.Colour;
import dev.vmcp.cli.terminal.Terminal;

/// What a person is told after a change.
final class Lines {
    private Lines() {}

    /// `web-1 running`.
    static void state(Invocation call, String id, VmState state) {
        word(call, id, States.show(state));
    }

    static void word(Invocation call, String id, String word) {
        var coloured = Colour.ofState(word).paint(word, call.terminal().colours());
        call.say(Terminal.harmless(id) + " " + coloured);
    }
}
