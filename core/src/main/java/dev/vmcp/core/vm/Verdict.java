package dev.vmcp.core.vm;

import dev.vmcp.core.vm.Phase.Booting;
import dev.vmcp.core.vm.Phase.Created;
import dev.vmcp.core.vm.Phase.Deleting;
import dev.vmcp.core.vm.Phase.Failed;
import dev.vmcp.core.vm.Phase.Paused;
import dev.vmcp.core.vm.Phase.Running;
import dev.vmcp.core.vm.Phase.Stopped;
import dev.vmcp.core.vm.Phase.Stopping;

/// What becomes of a verb in a phase: the table of the contract, as code.
public sealed interface Verdict {

    /// Do it.
    record Act() implements Verdict {}

    /// Nothing to do: the VM is already so. Answer ok.
    record AsIs() implements Verdict {}

    /// A step is under way: wait for it, then judge again.
    record Wait() implements Verdict {}

    /// End the step that is under way, then act.
    record Interrupt() implements Verdict {}

    /// The phase forbids it; the hint says what would be allowed.
    record Forbidden(String hint) implements Verdict {}

    /// Judges `verb` in `phase`; `force` is the caller's flag where the verb has one.
    static Verdict of(Verb verb, Phase phase, boolean force) {
        return switch (phase) {
            case Booting _, Stopping _ ->
                    force && mayInterrupt(verb) ? new Interrupt() : new Wait();
            case Deleting _ -> new Wait();
            case Created _ -> created(verb);
            case Running _ -> running(verb, force);
            case Paused _ -> paused(verb, force);
            case Stopped _ -> stopped(verb);
            case Failed _ -> failed(verb);
        };
    }

    /// Judges `errand` in `phase`.
    static Verdict of(Errand errand, Phase phase) {
        return switch (phase) {
            case Booting _, Stopping _, Deleting _ -> new Wait();
            case Created _, Stopped _, Failed _ ->
                    switch (errand) {
                        case CHANGE, RESTORE -> new Act();
                        case SNAPSHOT -> new Forbidden("boot it first");
                    };
            case Running _ ->
                    switch (errand) {
                        case CHANGE, SNAPSHOT -> new Act();
                        case RESTORE -> new Forbidden("shut it down first");
                    };
            case Paused _ ->
                    switch (errand) {
                        case SNAPSHOT -> new Act();
                        case CHANGE -> new Forbidden("resume it first");
                        case RESTORE -> new Forbidden("shut it down first");
                    };
        };
    }

    private static boolean mayInterrupt(Verb verb) {
        return verb == Verb.SHUTDOWN || verb == Verb.DELETE;
    }

    private static Verdict created(Verb verb) {
        return switch (verb) {
            case BOOT, DELETE -> new Act();
            case SHUTDOWN -> new AsIs();
            case PAUSE, RESUME, REBOOT -> new Forbidden("boot it first");
        };
    }

    private static Verdict running(Verb verb, boolean force) {
        return switch (verb) {
            case BOOT, RESUME -> new AsIs();
            case PAUSE, SHUTDOWN, REBOOT -> new Act();
            case DELETE -> force ? new Act() : new Forbidden("shut it down first, or use force");
        };
    }

    private static Verdict paused(Verb verb, boolean force) {
        return switch (verb) {
            case RESUME -> new Act();
            case PAUSE -> new AsIs();
            case BOOT, REBOOT -> new Forbidden("resume it first");
            case SHUTDOWN -> force ? new Act() : new Forbidden("resume it first, or use force");
            case DELETE -> force ? new Act() : new Forbidden("shut it down first, or use force");
        };
    }

    private static Verdict stopped(Verb verb) {
        return switch (verb) {
            case BOOT, DELETE -> new Act();
            case SHUTDOWN -> new AsIs();
            case PAUSE, RESUME, REBOOT -> new Forbidden("boot it first");
        };
    }

    private static Verdict failed(Verb verb) {
        return switch (verb) {
            case BOOT, DELETE, SHUTDOWN -> new Act();
            case PAUSE, RESUME, REBOOT -> new Forbidden("boot it first");
        };
    }
}
