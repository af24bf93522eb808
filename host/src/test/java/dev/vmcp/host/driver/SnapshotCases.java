package dev.vmcp.host.driver;

import static dev.vmcp.core.backend.CapabilityName.CONSOLE_INPUT;
import static dev.vmcp.core.backend.CapabilityName.PAUSE;
import static dev.vmcp.core.backend.CapabilityName.RESTORE;
import static dev.vmcp.core.backend.CapabilityName.SNAPSHOT_DIFF;
import static dev.vmcp.core.backend.CapabilityName.SNAPSHOT_FULL;
import static dev.vmcp.host.driver.Kit.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A guest that is saved, and goes on from there.
interface SnapshotCases extends Cases {

    @Test
    @Proves({PAUSE, SNAPSHOT_FULL})
    default void aGuestThatWasSavedIsStillPausedAndGoesOn() throws Exception {
        try (var vm = kit().bootedUp()) {
            var saved = save(vm, Snapshots.Extent.FULL);
            assertThat(size(saved)).isPositive();
            assertThat(vm.observed()).isEqualTo(GuestState.PAUSED);
            vm.live().resume(soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves({PAUSE, SNAPSHOT_FULL, SNAPSHOT_DIFF})
    default void whatChangedSinceIsSavedBesideTheWhole() throws Exception {
        try (var vm = kit().bootedUp()) {
            save(vm, Snapshots.Extent.FULL);
            vm.live().resume(soon());
            stage().awaitUp(vm.launch());
            assertThat(size(save(vm, Snapshots.Extent.DIFF))).isPositive();
            vm.live().resume(soon());
            unharmed(vm);
        }
    }

    @Test
    @Proves({PAUSE, SNAPSHOT_FULL, RESTORE, CONSOLE_INPUT})
    default void aRestoredGuestIsTheOneThatWasSaved() throws Exception {
        var before = kit().bootedUp();
        var nonce = stage().console(before.launch()).orElseThrow().nonce();
        var saved = save(before, Snapshots.Extent.FULL);
        before.process().kill();
        kit().end(before.process());
        before.close();
        goesOnWith(nonce, List.of(saved));
    }

    /// Each diff alone is not even the guest's program.
    @Test
    @Proves({PAUSE, SNAPSHOT_FULL, SNAPSHOT_DIFF, RESTORE, CONSOLE_INPUT})
    default void aGuestGoesOnFromAnyOfTheDiffsThatStandOnAWholeOne() throws Exception {
        var before = kit().bootedUp();
        var console = stage().console(before.launch()).orElseThrow();
        var nonces = new ArrayList<String>(List.of(console.nonce()));
        var saved = new ArrayList<Path>(List.of(save(before, Snapshots.Extent.FULL)));
        for (var i = 0; i < 2; i++) {
            before.live().resume(soon());
            nonces.add(console.otherNonce());
            saved.addFirst(save(before, Snapshots.Extent.DIFF));
        }
        before.process().kill();
        kit().end(before.process());
        before.close();
        assertThat(nonces).doesNotHaveDuplicates();
        for (var diffs = saved.size() - 1; diffs >= 0; diffs--) {
            goesOnWith(nonces.get(diffs), saved.subList(saved.size() - 1 - diffs, saved.size()));
        }
    }

    /// What was restored is something that a diff can stand on, too.
    @Test
    @Proves({PAUSE, SNAPSHOT_FULL, SNAPSHOT_DIFF, RESTORE, CONSOLE_INPUT})
    default void aGuestThatWasRestoredIsSavedAsADiffOfWhatItCameFrom() throws Exception {
        var before = kit().bootedUp();
        var whole = save(before, Snapshots.Extent.FULL);
        before.process().kill();
        kit().end(before.process());
        before.close();
        var launch = stage().launch();
        var diff = stage().snapshotDirectory(scratch());
        String nonce;
        try (var live = restored(launch, List.of(whole))) {
            nonce = stage().console(launch).orElseThrow().otherNonce();
            live.pause(soon());
            live.snapshots().orElseThrow().save(diff, Snapshots.Extent.DIFF, soon());
            live.process().kill();
            kit().end(live.process());
        }
        goesOnWith(nonce, List.of(diff, whole));
    }

    private void goesOnWith(String nonce, List<Path> saved) throws Exception {
        var launch = stage().launch();
        try (var live = restored(launch, saved)) {
            assertThat(stage().console(launch).orElseThrow().nonce()).isEqualTo(nonce);
            live.process().kill();
            kit().end(live.process());
        }
    }

    private Live restored(Launch launch, List<Path> saved) throws Exception {
        var heard = kit().heard(launch);
        var restoring = kit().driver().restoring().orElseThrow();
        var live = restoring.prepare(stage().spec(), launch, saved).boot(heard, soon());
        assertThat(live.observe(soon())).isEqualTo(GuestState.RUNNING);
        stage().awaitUp(launch);
        return live;
    }

    private Path save(KitVm vm, Snapshots.Extent extent) throws Exception {
        var directory = stage().snapshotDirectory(scratch());
        vm.live().pause(soon());
        vm.live().snapshots().orElseThrow().save(directory, extent, soon());
        return directory;
    }

    private static long size(Path directory) throws Exception {
        try (var files = Files.list(directory)) {
            var sum = 0L;
            for (var file : files.toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
