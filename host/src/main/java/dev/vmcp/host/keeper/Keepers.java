package dev.vmcp.host.keeper;

import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.vm.Phase;
import dev.vmcp.core.vm.Verb;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.core.vm.VmSpec;
import dev.vmcp.host.driver.Attachment;
import dev.vmcp.host.driver.DriverException;
import dev.vmcp.host.journal.VmRecord;
import dev.vmcp.host.process.Deadline;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/// All VMs of this host. Safe for use by many threads; reads never wait.
public final class Keepers {

    /// A VM's place in lists: oldest first, then by id.
    public record Place(Instant created, VmId id) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::created).thenComparing(Place::id);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /// A new VM, checked and with its backend chosen.
    ///
    /// @param backend the driver's name
    /// @param reason why this backend
    public record Order(VmId id, VmSpec spec, String backend, String reason) {}

    private final Ground ground;
    private final ConcurrentMap<VmId, VmKeeper> byId = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Place, VmKeeper> byPlace = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<VmId, CompletableFuture<Outcome<VmKeeper>>> creating =
            new ConcurrentHashMap<>();
    private final Slots slots = new Slots();
    private final ReentrantLock handing = new ReentrantLock();

    public Keepers(Ground ground) {
        this.ground = ground;
    }

    public Optional<VmKeeper> find(VmId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The VMs after `place`, oldest first.
    public Iterable<VmKeeper> after(Place place) {
        return byPlace.tailMap(place, false).values();
    }

    /// All VMs, oldest first.
    public Iterable<VmKeeper> all() {
        return byPlace.values();
    }

    public int count() {
        return byId.size();
    }

    public SnapshotStore snapshots() {
        return new SnapshotStore(ground.layout().snapshots());
    }

    public Feed feed() {
        return ground.feed();
    }

    /// Records a new VM. The same order again answers with the VM as it is.
    public Outcome<VmKeeper> create(Order order) {
        var mine = new CompletableFuture<Outcome<VmKeeper>>();
        var first = creating.putIfAbsent(order.id(), mine);
        if (first != null) {
            var _ = first.join();
            return create(order);
        }
        Outcome<VmKeeper> outcome = Outcome.refused(new Problem.VmExists(order.id().value()));
        try {
            outcome = created(order);
        } finally {
            creating.remove(order.id());
            mine.complete(outcome);
        }
        return outcome;
    }

    private Outcome<VmKeeper> created(Order order) {
        var present = byId.get(order.id());
        if (present != null && present.view().record().phase() instanceof Phase.Deleting deleting) {
            return Outcome.refused(
                    new Problem.WrongPhase(
                            order.id().value(),
                            "create",
                            deleting.word(),
                            "try again once it is gone"));
        }
        if (present != null) {
            return present.view().record().spec().equals(order.spec())
                            && present.view().record().backend().equals(order.backend())
                    ? Outcome.done(present)
                    : Outcome.refused(new Problem.VmExists(order.id().value()));
        }
        int slot = slots.take();
        var wanted =
                VmRecord.created(
                        order.id(),
                        order.spec(),
                        order.backend(),
                        order.reason(),
                        slot,
                        ground.clock().instant());
        try {
            var record = ground.journal().put(wanted).join();
            var attachment = ground.driver(record.backend()).attachment().filter(Attachment::inUse);
            return attachment.isPresent()
                    ? handed(record, attachment.get())
                    : Outcome.done(keep(record, Optional.empty()));
        } catch (CompletionException e) {
            slots.free(slot);
            var cause = e.getCause() == null ? e : e.getCause();
            return Outcome.refused(
                    new Problem.NotNow(
                            "create VM " + order.id(),
                            "the journal cannot be written: " + cause.getMessage()));
        }
    }

    /// A VM that goes to a VMM which somebody else started: that one is told of it at once.
    private Outcome<VmKeeper> handed(VmRecord record, Attachment attachment) {
        handing.lock();
        try {
            var refusal = handOver(record, attachment);
            if (refusal.isEmpty()) {
                return Outcome.done(keep(record, Optional.empty()));
            }
            var _ = ground.journal().remove(record.id()).join();
            slots.free(record.slot());
            return Outcome.refused(refusal.get());
        } finally {
            handing.unlock();
        }
    }

    private Optional<Problem> handOver(VmRecord record, Attachment attachment) {
        var doing = "create VM " + record.id();
        var holder =
                byId.values().stream()
                        .map(VmKeeper::view)
                        .filter(view -> view.record().backend().equals(record.backend()))
                        .filter(view -> view.attached() || view.pid() == 0)
                        .map(view -> view.record().id())
                        .findFirst();
        if (holder.isPresent()) {
            var full = "the attached VMM has room for one VM, which is " + holder.get();
            return Optional.of(new Problem.NotNow(doing, full + ": delete that one first"));
        }
        try {
            var deadline = Deadline.in(ground.limits().boot());
            attachment.configure(record.id(), record.spec(), deadline);
            return Optional.empty();
        } catch (DriverException e) {
            return Optional.of(Failures.problem(record.id(), "create", e));
        }
    }

    private VmKeeper keep(VmRecord record, Optional<Leftovers> leftovers) {
        var place = new Place(record.created(), record.id());
        var keeper =
                new VmKeeper(
                        ground,
                        record,
                        () -> {
                            byId.remove(record.id());
                            byPlace.remove(place);
                            slots.free(record.slot());
                        },
                        leftovers);
        byId.put(record.id(), keeper);
        byPlace.put(place, keeper);
        return keeper;
    }

    /// Enters a VM from the journal, with what its launches hold: so that nobody else gets it
    /// before the VM is verified.
    void restore(VmRecord record, Leftovers leftovers) {
        slots.take(record.slot());
        var launches = record.phase().launches();
        if (!launches.isEmpty()) {
            ground.capacity().adopt(record.id(), record.spec().memory().bytes());
            var uses = ground.checks().uses(record.spec());
            launches.forEach(launch -> ground.locks().adopt(record.id(), launch, uses));
        }
        var _ = keep(record, Optional.of(leftovers).filter(_ -> !record.phase().rests()));
    }

    /// Lets go of every VM and leaves guests running. Watchers are told that no more comes.
    public void release() {
        ground.feed().close();
        byId.values().forEach(VmKeeper::release);
    }

    /// Asks every VM that runs to shut down; the futures complete as they do. A paused guest cannot
    /// be asked: it is ended by force.
    public List<CompletableFuture<Outcome<Reply>>> stopGuests() {
        return byId.values().stream()
                .filter(keeper -> !keeper.view().record().phase().launches().isEmpty())
                .map(Keepers::stop)
                .toList();
    }

    private static CompletableFuture<Outcome<Reply>> stop(VmKeeper keeper) {
        boolean paused = keeper.view().record().phase() instanceof Phase.Paused;
        return keeper.ask(paused ? Ask.forced(Verb.SHUTDOWN) : Ask.of(Verb.SHUTDOWN));
    }
}
