package dev.vmcp.verify.crash;

import dev.vmcp.api.host.v1.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What the storm knows for sure of the snapshots of one VM: a whole one, and diffs that stand on
/// it or on each other. They outlive the VM.
final class Chain {

    /// One that was acknowledged, or that was found after a call whose answer was lost.
    ///
    /// @param base what it stands on; empty for a whole one
    /// @param nonce of the guest when it was saved; empty where that is not known
    record Link(String id, String base, String nonce) {}

    private static final int DIFFS = 3;

    private final String whole;
    private final TreeMap<String, Link> links = new TreeMap<>();

    /// What a call that was not acknowledged is about; empty for none.
    private String pending = "";

    /// What the next diff stands on; empty for nothing.
    private String last = "";

    /// Whether the above is known: not so once a call that tells was not acknowledged.
    private boolean sure = true;

    /// @param whole what the whole snapshot is called, and diffs with a number more
    Chain(String whole) {
        this.whole = whole;
    }

    String whole() {
        return whole;
    }

    boolean has(String id) {
        return links.containsKey(id);
    }

    List<Link> links() {
        return List.copyOf(links.values());
    }

    /// The diffs that are not there.
    List<String> free() {
        return IntStream.rangeClosed(1, DIFFS)
                .mapToObj(n -> whole + "-" + n)
                .filter(id -> !has(id))
                .toList();
    }

    boolean carries(String id) {
        return links.values().stream().anyMatch(link -> link.base().equals(id));
    }

    /// Whether what a diff of the guest stands on is known, be it nothing.
    boolean sure() {
        return sure;
    }

    String last() {
        return last;
    }

    /// A call on this one is under way.
    void begin(String id) {
        pending = id;
    }

    /// It was taken; the next diff stands on it.
    void took(Link link) {
        links.put(link.id(), link);
        restored(link.id());
    }

    void removed(String id) {
        links.remove(id);
        pending = "";
        last = last.equals(id) ? "" : last;
    }

    /// It was refused, and changed nothing.
    void refused() {
        pending = "";
    }

    void restored(String id) {
        pending = "";
        last = id;
        sure = true;
    }

    /// The guest runs no more, or another one does.
    void newGuest() {
        last = "";
        sure = true;
    }

    /// A call on the VM was not acknowledged.
    void unsure() {
        sure = false;
    }

    /// Takes over what is there after a restart of the host, and says what should not be so.
    List<String> inspect(Collection<Snapshot> listed) {
        var found =
                listed.stream()
                        .filter(one -> one.getSnapshotId().startsWith(whole))
                        .collect(Collectors.toMap(Snapshot::getSnapshotId, Function.identity()));
        var faults = new ArrayList<String>();
        for (var link : links()) {
            var seen = found.get(link.id());
            if (seen == null) {
                if (!link.id().equals(pending)) {
                    faults.add("snapshot " + link.id() + " was acknowledged and is gone");
                }
                removed(link.id());
            } else if (!seen.getBaseId().equals(link.base())) {
                faults.add(link + " stands on " + seen.getBaseId() + " now");
            }
        }
        found.values().forEach(one -> inspect(one, found, faults));
        pending = "";
        return faults;
    }

    private void inspect(Snapshot one, Map<String, Snapshot> all, List<String> faults) {
        var id = one.getSnapshotId();
        if (!has(id)) {
            if (!id.equals(pending)) {
                faults.add("snapshot " + id + " is there, though it was removed or never taken");
            }
            links.put(id, new Link(id, one.getBaseId(), ""));
        }
        if (one.getDiff() && !all.containsKey(one.getBaseId())) {
            faults.add("snapshot " + id + " stands on " + one.getBaseId() + ", which is gone");
        }
        if (one.getSizeBytes() <= 0) {
            faults.add("snapshot " + id + " has " + one.getSizeBytes() + " bytes");
        }
    }

    @Override
    public String toString() {
        return links.values() + (sure ? ", the guest on " + last : "");
    }
}
