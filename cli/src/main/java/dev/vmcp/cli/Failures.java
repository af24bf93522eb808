package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;

/// Says what went wrong and what to do next.
final class Failures {
    private Failures() {}

    static ExitCode say(Terminal terminal, CallFailed failure) {
        var err = terminal.err();
        err.println("vmcp: " + headline(failure));
        for (var violation : failure.violations()) {
            err.println(
                    "  "
                            + Terminal.harmless(violation.field())
                            + ": "
                            + Terminal.harmless(violation.description()));
        }
        err.println("next: " + next(failure.code()));
        return ExitCode.of(failure.code());
    }

    static String headline(CallFailed failure) {
        return failure.code().wireName().replace('_', ' ')
                + ": "
                + Terminal.harmless(failure.message());
    }

    private static String next(Code code) {
        return switch (code) {
            case NOT_FOUND -> "see which VMs there are: vmcp vm ls";
            case FAILED_PRECONDITION, ABORTED -> "see the VM's state: vmcp vm info ID";
            case ALREADY_EXISTS -> "take another --name, or see what has it: vmcp vm info ID";
            case UNAVAILABLE ->
                    "see that the host runs, or name another: --endpoint URL or VMCP_ENDPOINT";
            case DEADLINE_EXCEEDED ->
                    "the host may still be at it: vmcp vm info ID; wait longer: --deadline 5m";
            case INVALID_ARGUMENT, OUT_OF_RANGE -> "correct the value; see: vmcp vm create --help";
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                    "show who you are: VMCP_TOKEN, or --cert-file and --key-file";
            case RESOURCE_EXHAUSTED -> "stop or remove something first: vmcp vm ls --state running";
            case UNIMPLEMENTED -> "see what each hypervisor can do: vmcp capabilities";
            case CANCELED -> "run it again";
            case UNKNOWN, INTERNAL, DATA_LOSS ->
                    "read the host's log; look at the machine: vmcp doctor";
        };
    }
}
