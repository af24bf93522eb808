package dev.vmcp.cli;

import dev.vmcp.client.Code;
import java.util.LinkedHashMap;
import java.util.Map;

/// With what number a command ends. Scripts rely on them: a number never changes its meaning.
enum ExitCode {
    OK(0, "done"),
    FAILURE(1, "a failure of another kind"),
    USAGE(2, "the command line is wrong"),
    NOT_FOUND(3, "there is no such VM"),
    STATE(4, "the VM's state forbids it, or its id is taken"),
    UNAVAILABLE(5, "no host answers, or the VMM is gone"),
    DEADLINE(6, "not done within the deadline"),
    INVALID(7, "the host refused a value"),
    DENIED(8, "the host does not let this caller"),
    EXHAUSTED(9, "the host is full, or a quota is reached"),
    UNSUPPORTED(10, "the hypervisor or the host cannot do this");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    static ExitCode of(Code code) {
        return switch (code) {
            case NOT_FOUND -> NOT_FOUND;
            case FAILED_PRECONDITION, ABORTED, ALREADY_EXISTS -> STATE;
            case UNAVAILABLE -> UNAVAILABLE;
            case DEADLINE_EXCEEDED -> DEADLINE;
            case INVALID_ARGUMENT, OUT_OF_RANGE -> INVALID;
            case UNAUTHENTICATED, PERMISSION_DENIED -> DENIED;
            case RESOURCE_EXHAUSTED -> EXHAUSTED;
            case UNIMPLEMENTED -> UNSUPPORTED;
            case CANCELED, UNKNOWN, INTERNAL, DATA_LOSS -> FAILURE;
        };
    }

    /// Number and meaning of each, for help.
    static Map<String, String> list() {
        var all = new LinkedHashMap<String, String>();
        for (var code : values()) {
            all.put(Integer.toString(code.number), code.meaning);
        }
        return all;
    }
}
