package dev.vmcp.host.journal;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.telemetry.otel.Metric;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A journal whose commits are timed: from the asking until they are on disk or have failed.
public final class TimedJournal implements Journal {

    private static final Metric COMMITS =
            Metric.durations(
                    "vmcp_journal_commit_duration_seconds",
                    List.of(
                            .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5,
                            1.0, 2.5, 5.0, 10.0),
                    "From the asking for a commit until it is on disk, by outcome",
                    "outcome");

    public static final List<Metric> METRICS = List.of(COMMITS);

    private static final Attributes OK = Attributes.of(COMMITS.label("outcome"), "ok");
    private static final Attributes FAILED = Attributes.of(COMMITS.label("outcome"), "failed");

    private final Journal journal;
    private final DoubleHistogram commits;

    /// @param journal closed with this
    public TimedJournal(Journal journal, Meter meter) {
        this.journal = journal;
        this.commits = COMMITS.durations(meter);
    }

    @Override
    public List<VmRecord> load() {
        return journal.load();
    }

    @Override
    public long revision() {
        return journal.revision();
    }

    @Override
    public CompletableFuture<VmRecord> put(VmRecord record) {
        long began = System.nanoTime();
        return timed(began, journal.put(record));
    }

    @Override
    public CompletableFuture<Long> remove(VmId id) {
        long began = System.nanoTime();
        return timed(began, journal.remove(id));
    }

    private <T> CompletableFuture<T> timed(long began, CompletableFuture<T> commit) {
        return commit.whenComplete((_, failure) ->
                commits.record((System.nanoTime() - began) / 1e9, failure == null ? OK : FAILED));
    }

    @Override
    public void close() {
        journal.close();
    }
}
