package dev.vmcp.host.journal;

import static io.opentelemetry.api.common.AttributeKey.stringKey;

import dev.vmcp.core.vm.VmId;
import dev.vmcp.platform.telemetry.otel.Metric;
import dev.vmcp.platform.telemetry.otel.Step;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.trace.SpanKind;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A journal whose commits are timed and show in traces: from the asking until they are on disk or
/// have failed.
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

    private static final AttributeKey<String> SYSTEM = stringKey("db.system.name");
    private static final AttributeKey<String> NAMESPACE = stringKey("db.namespace");
    private static final AttributeKey<String> OPERATION = stringKey("db.operation.name");
    private static final AttributeKey<String> VM = stringKey("vmcp.vm.id");

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
        var commit = commit("put", record.id());
        long began = System.nanoTime();
        return timed(commit, began, journal.put(record));
    }

    @Override
    public CompletableFuture<VmRecord> advance(VmRecord record) {
        var commit = commit("advance", record.id());
        long began = System.nanoTime();
        return timed(commit, began, journal.advance(record));
    }

    @Override
    public CompletableFuture<Long> remove(VmId id) {
        var commit = commit("remove", id);
        long began = System.nanoTime();
        return timed(commit, began, journal.remove(id));
    }

    private static Step commit(String operation, VmId vm) {
        return Step.begin("journal.commit", SpanKind.INTERNAL)
                .set(SYSTEM, "sqlite")
                .set(NAMESPACE, "journal")
                .set(OPERATION, operation)
                .set(VM, vm.value());
    }

    private <T> CompletableFuture<T> timed(Step commit, long began, CompletableFuture<T> end) {
        return end.whenComplete((_, failure) -> {
            double seconds = (System.nanoTime() - began) / 1e9;
            commits.record(seconds, failure == null ? OK : FAILED);
            if (failure != null) {
                commit.failed(failure.getClass().getName(), String.valueOf(failure.getMessage()));
            }
            commit.end();
        });
    }

    @Override
    public void close() {
        journal.close();
    }
}
