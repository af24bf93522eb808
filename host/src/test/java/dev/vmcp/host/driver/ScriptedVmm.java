package dev.vmcp.host.driver;

import dev.vmcp.core.vm.ProcessId;
import dev.vmcp.host.process.Exit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One VMM with its guest, in memory. Tests pull its strings; each is safe on any thread.
public final class ScriptedVmm {

    private final ProcessId id;
    private final Launch launch;
    private final CompletableFuture<Exit> ended = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private GuestState guest = GuestState.RUNNING;
    private boolean frozen;
    private boolean obedient = true;
    private Optional<ScriptedLive> session = Optional.empty();

    ScriptedVmm(ProcessId id, Launch launch) {
        this.id = id;
        this.launch = launch;
    }

    public ProcessId id() {
        return id;
    }

    public Launch launch() {
        return launch;
    }

    public Optional<Exit> exit() {
        return Optional.ofNullable(ended.getNow(null));
    }

    /// How the guest is, whatever the driver says of it.
    public GuestState guest() {
        return with(() -> guest);
    }

    /// The guest switches itself off.
    public void powerOff() {
        happen(GuestState.POWERED_OFF, Reaction::guestPoweredOff);
    }

    public void restart() {
        happen(GuestState.RUNNING, Reaction::guestRestarted);
    }

    public void crash() {
        happen(GuestState.CRASHED, reaction -> reaction.guestCrashed("scripted"));
    }

    /// The process ends, as by its own fault.
    public void die(Exit how) {
        var told =
                with(() -> {
                    if (!ended.complete(how)) {
                        return Optional.<ScriptedLive>empty();
                    }
                    return session;
                });
        told.ifPresent(live -> live.tell(reaction -> reaction.connectionLost("the VMM ended")));
    }

    /// It answers nothing until [#thaw].
    public void freeze() {
        set(() -> frozen = true);
    }

    public void thaw() {
        set(() -> frozen = false);
    }

    /// The guest does not care for its power button.
    public void disobey() {
        set(() -> obedient = false);
    }

    boolean obeys() {
        return with(() -> obedient && guest == GuestState.RUNNING);
    }

    boolean frozen() {
        return with(() -> frozen);
    }

    CompletableFuture<Exit> ended() {
        return ended;
    }

    void guest(GuestState state) {
        set(() -> guest = state);
    }

    void attach(ScriptedLive live) {
        set(() -> session = Optional.of(live));
    }

    void detach(ScriptedLive live) {
        set(() -> session = session.filter(other -> other != live));
    }

    boolean taken() {
        return with(() -> session.isPresent());
    }

    private void happen(GuestState to, Consumer<Reaction> report) {
        var told =
                with(() -> {
                    if (ended.isDone()) {
                        return Optional.<ScriptedLive>empty();
                    }
                    guest = to;
                    return session;
                });
        told.ifPresent(live -> live.tell(report));
    }

    private void set(Runnable change) {
        with(() -> {
            change.run();
            return true;
        });
    }

    private <T> T with(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
