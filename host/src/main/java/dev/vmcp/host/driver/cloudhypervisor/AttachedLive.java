package dev.vmcp.host.driver.cloudhypervisor;

import dev.vmcp.host.driver.Counters;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.driver.DriverException.Kind;
import dev.vmcp.host.driver.GuestState;
import dev.vmcp.host.driver.Live;
import dev.vmcp.host.driver.Reaction;
import dev.vmcp.host.process.Deadline;
import dev.vmcp.host.process.OsProcess;
import dev.vmcp.host.process.SerialPort;
import dev.vmcp.host.vmm.HostCounters;
import dev.vmcp.host.vmm.StatePoll;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A guest of ours in a Cloud Hypervisor that somebody else started and perhaps calls as well.
final class AttachedLive implements Live {

    private static final Logger LOG = LoggerFactory.getLogger(AttachedLive.class);
    private static final Duration AFTER_BUTTON = Duration.ofSeconds(30);

    /// @param ours whether the VM that the VMM has is the one of this session
    record Session(ChApi api, OsProcess process, Predicate<ChInfo> ours) {}

    private final ChApi api;
    private final Session session;
    private final Reaction reaction;
    private volatile Optional<Path> terminal = Optional.empty();
    private volatile @Nullable StatePoll poll;

    private AttachedLive(Session session, Reaction reaction) {
        this.api = session.api();
        this.session = session;
        this.reaction = reaction;
    }

    static AttachedLive boot(Session session, Reaction reaction, Deadline deadline) {
        var live = new AttachedLive(session, reaction);
        if (!live.info(deadline).booted()) {
            live.api.put("vm.boot", deadline);
            var _ = live.info(deadline);
        }
        return live.watched(GuestState.RUNNING);
    }

    static AttachedLive connect(Session session, Reaction reaction, Deadline deadline) {
        var live = new AttachedLive(session, reaction);
        return live.watched(live.observe(deadline));
    }

    private AttachedLive watched(GuestState now) {
        poll = new StatePoll(this::observe, now, reaction);
        return this;
    }

    /// Notes where the console is by the way: it moves with a reboot.
    private ChInfo info(Deadline deadline) {
        var info =
                api.find(deadline)
                        .filter(session.ours())
                        .orElseThrow(() ->
                                new DriverException(
                                        Kind.GONE, "the attached VMM no longer has this VM"));
        var now = info.terminal();
        if (now.isPresent() && !now.equals(terminal)) {
            terminal = now;
            try {
                reaction.serialAt(new SerialPort.Terminal(now.get()));
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("terminal", now.get())
                        .addKeyValue("error", e.getMessage())
                        .log("console of an attached vmm cannot be opened");
            }
        }
        return info;
    }

    @Override
    public OsProcess process() {
        return session.process();
    }

    @Override
    public GuestState observe(Deadline deadline) {
        return info(deadline).state();
    }

    @Override
    public void pause(Deadline deadline) {
        bring(GuestState.PAUSED, "vm.pause", deadline);
    }

    @Override
    public void resume(Deadline deadline) {
        bring(GuestState.RUNNING, "vm.resume", deadline);
    }

    /// Cloud Hypervisor refuses to do what is so already.
    private void bring(GuestState wanted, String verb, Deadline deadline) {
        expect(wanted);
        if (observe(deadline) != wanted) {
            api.put(verb, deadline);
        }
    }

    private void expect(GuestState state) {
        var watching = poll;
        if (watching != null) {
            watching.expect(state);
        }
    }

    @Override
    public void powerButton(Deadline deadline) {
        api.put("vm.power-button", deadline);
        var watching = poll;
        if (watching != null) {
            watching.hurry(AFTER_BUTTON);
        }
    }

    @Override
    public void startAgain(Deadline deadline) {
        api.put("vm.boot", deadline);
        restarted(deadline);
    }

    @Override
    public void reset(Deadline deadline) {
        api.put(observe(deadline) == GuestState.POWERED_OFF ? "vm.boot" : "vm.reboot", deadline);
        restarted(deadline);
    }

    private void restarted(Deadline deadline) {
        expect(GuestState.RUNNING);
        var _ = info(deadline);
    }

    @Override
    public Counters counters(Deadline deadline) {
        var moved = api.counters(deadline);
        return HostCounters.of(process(), moved.network(), moved.storage());
    }

    @Override
    public void close() {
        var watching = poll;
        if (watching != null) {
            watching.close();
        }
        api.close();
    }
}
