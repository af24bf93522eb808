package dev.vmcp.core.vm;

import java.util.Set;

/// The console, and that its output file is no file of another use.
final class ConsoleRules {

    private static final Set<String> TYPES = Set.of("", "serial", "virtio-console");

    private ConsoleRules() {}

    static void check(VmSpec spec, Objections objections) {
        var console = spec.console();
        if (!console.output().isEmpty()) {
            output(spec, objections);
        }
        objections.requireSupported(
                console.input().isEmpty(),
                "config.console.input",
                console.input(),
                "empty: send input with WriteConsole of vmcp.host.v1.HostService");
        objections.require(
                TYPES.contains(console.type()),
                "config.console.console_type",
                console.type(),
                "empty, serial or virtio-console");
    }

    private static void output(VmSpec spec, Objections objections) {
        var output = spec.console().output();
        var field = "config.console.output";
        if (!objections.require(TextForm.path(output), field, output, "empty, or " + TextForm.PATH)
                || !objections.require(
                        spec.console().enabled(), field, output, "empty while enabled is false")) {
            return;
        }
        var user = DiskRules.paths(spec).get(output);
        objections.require(user == null, field, output, "another file than that of " + user);
    }
}
