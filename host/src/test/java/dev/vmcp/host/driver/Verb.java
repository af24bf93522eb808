package dev.vmcp.host.driver;

import dev.vmcp.core.backend.CapabilityName;
import dev.vmcp.host.process.Deadline;
import java.util.Optional;
import java.util.function.Function;

/// A call that a [Live] has, by itself or by what its capabilities add.
@SuppressWarnings("ImmutableEnumChecker") // lambdas without state
enum Verb {
    OBSERVE((live, _, by) -> live.observe(by)),
    COUNTERS(CapabilityName.COUNTERS, (live, _, by) -> live.counters(by)),
    RESIZE_CPUS(
            CapabilityName.RESIZE_VCPUS,
            Live::resizing,
            (resizing, means, by) -> resizing.resizeCpus(means.cpus(), by)),
    RESIZE_MEMORY(
            CapabilityName.RESIZE_MEMORY,
            Live::resizing,
            (resizing, means, by) -> resizing.resizeMemory(means.bytes(), by)),
    ATTACH_DISK(
            CapabilityName.HOTPLUG_DISK,
            Live::hotplug,
            (hotplug, means, by) -> hotplug.attach(means.disk(), by)),
    DETACH_DISK(
            CapabilityName.UNPLUG_DISK,
            Live::hotplug,
            (hotplug, means, by) -> hotplug.detachDisk(means.disk().id(), by)),
    ATTACH_NIC(
            CapabilityName.HOTPLUG_NIC,
            Live::hotplug,
            (hotplug, means, by) -> hotplug.attach(means.nic(), by)),
    DETACH_NIC(
            CapabilityName.UNPLUG_NIC,
            Live::hotplug,
            (hotplug, means, by) -> hotplug.detachNic(means.nic().id(), by)),
    REPLACE_DISK(
            CapabilityName.REPLACE_DISK,
            Live::replacing,
            (replacing, means, by) -> replacing.replace(means.disk(), by)),
    SAVE(
            CapabilityName.SNAPSHOT_FULL,
            Live::snapshots,
            (snapshots, means, by) -> snapshots.save(means.directory(), Snapshots.Extent.FULL, by)),
    PAUSE(CapabilityName.PAUSE, (live, _, by) -> live.pause(by)),
    RESUME(CapabilityName.RESUME, (live, _, by) -> live.resume(by)),
    START_AGAIN(CapabilityName.START_AGAIN, (live, _, by) -> live.startAgain(by)),
    RESET(CapabilityName.REBOOT_FORCED, (live, _, by) -> live.reset(by)),
    POWER_BUTTON(CapabilityName.SHUTDOWN_GRACEFUL, (live, _, by) -> live.powerButton(by));

    /// One call of a part of the port.
    private interface Call<T> {
        void make(T on, Means means, Deadline by);
    }

    private final Optional<CapabilityName> needs;
    private final Function<Live, Optional<Call<Live>>> call;

    Verb(Call<Live> call) {
        this.needs = Optional.empty();
        this.call = _ -> Optional.of(call);
    }

    Verb(CapabilityName needs, Call<Live> call) {
        this.needs = Optional.of(needs);
        this.call = _ -> Optional.of(call);
    }

    <T> Verb(CapabilityName needs, Function<Live, Optional<T>> part, Call<T> call) {
        this.needs = Optional.of(needs);
        this.call =
                live ->
                        part.apply(live)
                                .map(there -> (_, means, by) -> call.make(there, means, by));
    }

    /// @throws IllegalStateException where this [Live] has no way to be asked
    void on(Live live, Means means, Deadline deadline) {
        call.apply(live)
                .orElseThrow(() -> new IllegalStateException(this + ": absent (expected: there)"))
                .make(live, means, deadline);
    }

    /// Whether a [Live] can be asked at all, if only to refuse.
    boolean there(Live live) {
        return call.apply(live).isPresent();
    }

    /// Whether this driver does it at all.
    boolean offered(Kit kit) {
        return needs.isEmpty() || kit.claims(needs.get());
    }

    /// Whether it can be shown here.
    boolean shown(Kit kit) {
        return needs.isEmpty() || kit.shows(needs.get());
    }

    /// What a guest does after this was done to one in the state `before`.
    GuestState after(GuestState before) {
        return switch (this) {
            case PAUSE -> before == GuestState.RUNNING ? GuestState.PAUSED : before;
            case RESUME -> before == GuestState.PAUSED ? GuestState.RUNNING : before;
            case START_AGAIN -> before == GuestState.POWERED_OFF ? GuestState.RUNNING : before;
            case RESET -> GuestState.RUNNING;
            default -> before;
        };
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
