package dev.vmcp.host.endpoint;

import dev.vmcp.api.vmm.v1.GetVmInfoResponse;
import dev.vmcp.host.keeper.VmView;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Answers about VMs that did not change since they were last asked about. Keeps a bounded number;
/// safe for use by many threads.
final class Answers {

    private static final int SLOTS = 1024;

    private record Answer(VmView view, GetVmInfoResponse response) {
        /// A view is published once and replaced as a whole.
        @SuppressWarnings("ReferenceEquality")
        boolean about(VmView other) {
            return view == other;
        }
    }

    private final AtomicReferenceArray<@Nullable Answer> kept = new AtomicReferenceArray<>(SLOTS);

    GetVmInfoResponse info(VmView view) {
        int slot = Math.floorMod(view.record().id().hashCode(), SLOTS);
        var before = kept.get(slot);
        if (before != null && before.about(view)) {
            return before.response();
        }
        var response = ViewMapping.info(view);
        kept.set(slot, new Answer(view, response));
        return response;
    }
}
