package dev.vmcp.cli;

import dev.vmcp.cli.terminal.Terminal;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.FieldViolation;

/// Says what went wrong and what to do next.
final class Failures {
    private Failures() {}

    /// @param vm the VM that it was about; may be empty
    static ExitCode say(Terminal terminal, CallFailed failure, String vm) {
        var err = terminal.err();
        var violations = failure.violations();
        var told = violations.stream().allMatch(v -> failure.message().contains(v.description()));
        var repeats = told && !violations.isEmpty();
        err.println(
                "vmcp: "
                        + failure.code().wireName().replace('_', ' ')
                        + (repeats ? ":" : ": " + Terminal.harmless(failure.message())));
        for (var violation : violations) {
            err.println("  " + Terminal.harmless(words(violation)));
        }
        err.println(
                "next: "
                        + next(failure.code())
                                .replace("ID", vm.isEmpty() ? "ID" : Terminal.harmless(vm)));
        return ExitCode.of(failure.code());
    }

    /// A host of ours begins the description with the field; others may not.
    private static String words(FieldViolation violation) {
        return violation.description().startsWith(violation.field())
                ? violation.description()
                : violation.field() + ": " + violation.description();
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
                    "show who you are: VMCP_TOKEN, --token-file, or --cert-file and --key-file";
            case RESOURCE_EXHAUSTED ->
                    "try again later, or stop something first: vmcp vm ls --state running";
            case UNIMPLEMENTED -> "see what each hypervisor can do: vmcp capabilities";
            case CANCELED -> "run it again";
            case UNKNOWN, INTERNAL, DATA_LOSS ->
                    "read the host's log; look at the machine: vmcp doctor";
        };
    }
}
