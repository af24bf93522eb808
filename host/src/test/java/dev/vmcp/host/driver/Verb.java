package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.host.process.Deadline;
import java.util.Optional;
import java.util.function.BiConsumer;

/// A call that every [Live] has.
@SuppressWarnings("ImmutableEnumChecker") // method references without state
enum Verb {
    OBSERVE(Live::observe),
    PAUSE(CapabilityName.PAUSE, Live::pause),
    RESUME(CapabilityName.RESUME, Live::resume),
    POWER_BUTTON(CapabilityName.SHUTDOWN_GRACEFUL, Live::powerButton),
    START_AGAIN(CapabilityName.START_AGAIN, Live::startAgain),
    RESET(CapabilityName.REBOOT_FORCED, Live::reset),
    COUNTERS(CapabilityName.COUNTERS, Live::counters);

    private final Optional<CapabilityName> needs;
    private final BiConsumer<Live, Deadline> call;

    Verb(BiConsumer<Live, Deadline> call) {
        this.needs = Optional.empty();
        this.call = call;
    }

    Verb(CapabilityName needs, BiConsumer<Live, Deadline> call) {
        this.needs = Optional.of(needs);
        this.call = call;
    }

    void on(Live live, Deadline deadline) {
        call.accept(live, deadline);
    }

    /// Whether this driver does it at all.
    boolean offered(Kit kit) {
        return needs.isEmpty() || kit.claims(needs.get());
    }

    /// Which verb a capability without a case of its own is about.
    static Optional<Verb> of(CapabilityName name) {
        for (var verb : values()) {
            if (verb.needs.isPresent() && verb.needs.get() == name) {
                return Optional.of(verb);
            }
        }
        return Optional.empty();
    }
}
