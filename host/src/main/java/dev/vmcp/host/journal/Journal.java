package dev.vmcp.host.journal;

import dev.vmcp.core.vm.VmId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The durable record. A future completes when its commit is on disk; revisions are given in commit
/// order without gaps. A future that fails says nothing about what is on disk.
public interface Journal extends AutoCloseable {

    /// Everything that is committed, oldest VM first. Called once, before the first commit.
    List<VmRecord> load();

    /// The revision of the last commit.
    long revision();

    /// Writes the record; its own `revision` is ignored. Completes with it as it was committed.
    CompletableFuture<VmRecord> put(VmRecord record);

    /// Writes what has become of a VM: phase, run, pending and the time of that. All else of the
    /// record is as it was when it was put; that is not written again. Completes as [#put] does,
    /// and fails where the VM has no record.
    CompletableFuture<VmRecord> advance(VmRecord record);

    /// Removes the record; completes with the revision of the removal.
    CompletableFuture<Long> remove(VmId id);

    /// Waits for what was asked before, then closes.
    @Override
    void close();
}
