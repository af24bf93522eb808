package dev.vmcp.host.process;

/// How a process ended, as far as can be known: only a parent learns the status.
public sealed interface Exit {

    record Code(int code) implements Exit {}

    record Signal(int signal) implements Exit {}

    /// It is gone; it was not our child.
    record Unknown() implements Exit {}

    /// `exit code 1`, `signal 9`, `unknown`.
    default String words() {
        return switch (this) {
            case Code(var code) -> "exit code " + code;
            case Signal(var signal) -> "signal " + signal;
            case Unknown _ -> "exit status unknown";
        };
    }
}
