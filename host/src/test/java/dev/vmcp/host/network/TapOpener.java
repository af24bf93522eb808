package dev.vmcp.host.network;

import dev.vmcp.host.process.Descriptors;
import dev.vmcp.host.process.ProcessException;

/// Opens each named TAP twice and prints what came of it; for a network namespace of its own.
final class TapOpener {

    private TapOpener() {}

    public static void main(String[] names) {
        for (var name : names) {
            try {
                var first = Taps.open(name);
                System.out.println(name + ": opened, " + second(name));
                Descriptors.close(first);
            } catch (ProcessException e) {
                System.out.println(e.getMessage());
            }
        }
        System.out.println(Taps.traffic().keySet().stream().sorted().toList());
    }

    private static String second(String name) {
        try {
            Descriptors.close(Taps.open(name));
            return "opened again";
        } catch (ProcessException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
