package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.verify.harness.VmmProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many guests, watches and console readers cost the host neither threads nor more than a few
/// descriptors each.
final class DensityTest {

    private static final int VMS = 500;
    private static final int CALLERS = 4;
    private static final int MOST_THREADS = 60;
    private static final int DESCRIPTORS_PER_VM = 4;

    /// A connection of each watch, and what the host opens for a moment.
    private static final int OTHER_DESCRIPTORS = 40;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir Path directory;
    private Rig rig;

    @BeforeEach
    void start() {
        rig = Rig.in(directory);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void fiveHundredGuestsWatchesAndReadersShareAFewThreads() throws Exception {
        int empty = count("fd");
        forAll(i -> {
            rig.create("vm-" + i);
            boot("vm-" + i);
        });
        assertThat(VmmProcesses.of(rig.data())).hasSize(VMS);
        assertThat(running()).isEqualTo(VMS);
        Await.until("the threads of the storm rest", LIMIT, () -> count("task") < MOST_THREADS);
        assertThat(count("fd") - empty)
                .as("descriptors of %d VMs", VMS)
                .isLessThanOrEqualTo(DESCRIPTORS_PER_VM * VMS + OTHER_DESCRIPTORS);

        int before = count("fd");
        var open = new ArrayList<AutoCloseable>();
        try {
            for (int i = 0; i < VMS; i++) {
                var watch = Watch.of(rig.client(), "vm-" + i);
                open.add(watch);
                var _ = watch.untilSynced();
            }
            assertThat(count("task")).as("threads with open watches").isLessThan(MOST_THREADS);
            assertThat(count("fd") - before).isLessThanOrEqualTo(VMS + OTHER_DESCRIPTORS);
            forAll(i -> assertThat(rig.console("vm-" + i).askNonce()).as("vm-" + i).isPresent());
            Await.until("readers hold no thread", LIMIT, () -> count("task") < MOST_THREADS);
        } finally {
            for (var one : open) {
                one.close();
            }
        }

        forAll(i -> rig.delete("vm-" + i));
        assertThat(rig.left()).isEmpty();
        Await.until(
                "every descriptor is given back",
                LIMIT,
                () -> count("fd") <= empty + OTHER_DESCRIPTORS);
    }

    private void boot(String vm) {
        var _ = rig.client().bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
    }

    private int running() {
        var request =
                ListVmsRequest.newBuilder()
                        .setPageSize(1)
                        .addStateFilter(VmState.VM_STATE_RUNNING)
                        .build();
        return rig.client().listVms(request).getTotalCount();
    }

    private static void forAll(IntConsumer step) throws Exception {
        try (var callers = Executors.newFixedThreadPool(CALLERS)) {
            List<Callable<Integer>> steps =
                    IntStream.range(0, VMS)
                            .<Callable<Integer>>mapToObj(i ->
                                    () -> {
                                        step.accept(i);
                                        return i;
                                    })
                            .toList();
            for (var done : callers.invokeAll(steps)) {
                var _ = done.get();
            }
        }
    }

    /// How many entries the host has in `/proc/<pid>/<what>`.
    private int count(String what) {
        try (var entries = Files.list(Path.of("/proc", Long.toString(rig.host().pid()), what))) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
