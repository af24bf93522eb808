package dev.vmcp.core.problem;

import java.util.List;
import java.util.stream.Collectors;

/// Why a call was refused. A value, not an exception: callers see it, so its message names the
/// thing, what it held and what was expected, and never a path or secret of ours.
///
/// Codes are stable: clients and runbooks may rely on them.
public sealed interface Problem {

    /// The stable code, such as `VM_NOT_FOUND`.
    String code();

    /// One or more sentences for a person.
    String message();

    /// The input is wrong; every violation of one request at once.
    record InvalidInput(List<Violation> violations) implements Problem {
        public InvalidInput {
            violations = List.copyOf(violations);
        }

        @Override
        public String code() {
            return "INVALID_INPUT";
        }

        @Override
        public String message() {
            return violations.stream().map(Violation::sentence).collect(Collectors.joining("; "));
        }
    }

    record VmNotFound(String vm) implements Problem {
        @Override
        public String code() {
            return "VM_NOT_FOUND";
        }

        @Override
        public String message() {
            return "no VM with the id " + vm;
        }
    }

    /// The id is taken by a VM with another configuration.
    record VmExists(String vm) implements Problem {
        @Override
        public String code() {
            return "VM_EXISTS";
        }

        @Override
        public String message() {
            return "a VM with the id " + vm + " exists and was created with another configuration";
        }
    }

    /// What a VM or host may have several of, by id.
    enum Thing {
        DISK,
        NIC,
        SNAPSHOT;

        String word() {
            return switch (this) {
                case DISK -> "disk";
                case NIC -> "network interface";
                case SNAPSHOT -> "snapshot";
            };
        }
    }

    /// There is no such thing.
    record Absent(Thing thing, String id) implements Problem {
        @Override
        public String code() {
            return thing.name() + "_NOT_FOUND";
        }

        @Override
        public String message() {
            return "no " + thing.word() + " with the id " + id;
        }
    }

    record TokenNotFound(String token) implements Problem {
        @Override
        public String code() {
            return "TOKEN_NOT_FOUND";
        }

        @Override
        public String message() {
            return "no token with the id " + token;
        }
    }

    /// There is one already; `hint` says what to do.
    record Taken(Thing thing, String id, String hint) implements Problem {
        @Override
        public String code() {
            return thing.name() + "_EXISTS";
        }

        @Override
        public String message() {
            return "a " + thing.word() + " with the id " + id + " exists; " + hint;
        }
    }

    /// The VM's phase forbids the verb; `hint` says what to do first.
    record WrongPhase(String vm, String verb, String phase, String hint) implements Problem {
        @Override
        public String code() {
            return "WRONG_PHASE";
        }

        @Override
        public String message() {
            return "cannot "
                    + verb
                    + " VM "
                    + vm
                    + ": it is "
                    + phase
                    + (hint.isEmpty() ? "" : "; " + hint);
        }
    }

    /// The call cannot be done now, for another reason than the phase; it can after a change.
    record NotNow(String what, String why) implements Problem {
        @Override
        public String code() {
            return "NOT_NOW";
        }

        @Override
        public String message() {
            return what + ": " + why;
        }
    }

    /// The host lacks room.
    record HostFull(String resource, long wanted, long available) implements Problem {
        @Override
        public String code() {
            return "HOST_FULL";
        }

        @Override
        public String message() {
            return "not enough "
                    + resource
                    + " on this host: "
                    + wanted
                    + " wanted, "
                    + available
                    + " available";
        }
    }

    /// The service takes no more work of this kind now; trying again later may help.
    record Overloaded(String what) implements Problem {
        @Override
        public String code() {
            return "OVERLOADED";
        }

        @Override
        public String message() {
            return what;
        }
    }

    /// The feature does not exist on this backend and version, whatever the state.
    record Unsupported(String what, String backend, String why) implements Problem {
        @Override
        public String code() {
            return "UNSUPPORTED";
        }

        @Override
        public String message() {
            return what + " is not supported by backend " + backend + ": " + why;
        }
    }

    /// The hypervisor said no; `words` are its own.
    record BackendRefused(String vm, String doing, String words) implements Problem {
        @Override
        public String code() {
            return "BACKEND_REFUSED";
        }

        @Override
        public String message() {
            return "the hypervisor refused to " + doing + " VM " + vm + ": " + words;
        }
    }

    /// The hypervisor is gone or does not answer; `observed` is what was seen.
    record BackendGone(String vm, String doing, String observed) implements Problem {
        @Override
        public String code() {
            return "BACKEND_GONE";
        }

        @Override
        public String message() {
            return "cannot " + doing + " VM " + vm + ": " + observed;
        }
    }

    /// The wanted backend is not usable on this host.
    record BackendUnavailable(String backend, String why) implements Problem {
        @Override
        public String code() {
            return "BACKEND_UNAVAILABLE";
        }

        @Override
        public String message() {
            return "backend " + backend + " is not available on this host: " + why;
        }
    }

    /// The caller's time ran out; the step goes on and its outcome can be asked for.
    record TimedOut(String vm, String waitingFor) implements Problem {
        @Override
        public String code() {
            return "TIMED_OUT";
        }

        @Override
        public String message() {
            return "VM "
                    + vm
                    + ": deadline passed while waiting for "
                    + waitingFor
                    + "; it goes on";
        }
    }

    /// Another call ended this one, for example a delete with force.
    record Overtaken(String vm, String verb, String by) implements Problem {
        @Override
        public String code() {
            return "OVERTAKEN";
        }

        @Override
        public String message() {
            return verb + " of VM " + vm + " was ended by " + by;
        }
    }

    /// A fault of ours; the log has it.
    record Bug(String doing) implements Problem {
        @Override
        public String code() {
            return "INTERNAL";
        }

        @Override
        public String message() {
            return "internal error while trying to " + doing;
        }
    }
}
