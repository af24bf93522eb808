package dev.vmcp.host.endpoint;

import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.core.problem.Outcome;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import dev.vmcp.core.vm.VmId;
import dev.vmcp.host.keeper.Keepers;
import dev.vmcp.host.keeper.Keepers.Place;
import dev.vmcp.host.keeper.VmView;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Pages through the VMs. A token names the last VM of its page, not a count, so VMs that come and
/// go between pages neither repeat nor hide others.
final class Listing {

    private static final int USUAL_PAGE = 100;
    private static final int LARGEST_PAGE = 1000;
    private static final Place START = new Place(Instant.MIN, new VmId("0"));

    private final Keepers keepers;

    Listing(Keepers keepers) {
        this.keepers = keepers;
    }

    Outcome<ListVmsResponse> page(ListVmsRequest request) {
        var violations = new ArrayList<Violation>();
        int size = request.getPageSize();
        if (size < 0 || size > LARGEST_PAGE) {
            violations.add(Violation.of("page_size", size, "0 to " + LARGEST_PAGE));
        }
        var from =
                request.getPageToken().isEmpty()
                        ? Optional.of(START)
                        : parse(request.getPageToken());
        if (from.isEmpty()) {
            violations.add(
                    Violation.of(
                            "page_token",
                            request.getPageToken(),
                            "a next_page_token of this host"));
        }
        for (int i = 0; i < request.getStateFilterCount(); i++) {
            if (request.getStateFilter(i) == VmState.UNRECOGNIZED) {
                var field = "state_filter[" + i + "]";
                violations.add(
                        Violation.of(field, request.getStateFilterValue(i), "a value of VmState"));
            }
        }
        if (!violations.isEmpty()) {
            return Outcome.refused(new Problem.InvalidInput(violations));
        }
        return Outcome.done(
                page(
                        wanted(request.getStateFilterList()),
                        size == 0 ? USUAL_PAGE : size,
                        from.get()));
    }

    private static Set<VmState> wanted(List<VmState> filter) {
        return filter.isEmpty() ? EnumSet.allOf(VmState.class) : EnumSet.copyOf(filter);
    }

    private ListVmsResponse page(Set<VmState> wanted, int size, Place from) {
        var page = ListVmsResponse.newBuilder().setTotalCount(count(wanted));
        VmView last = null;
        for (var keeper : keepers.after(from)) {
            var view = keeper.view();
            if (!wanted.contains(ViewMapping.state(view.record().phase()))) {
                continue;
            }
            if (page.getVmsCount() == size) {
                return page.setNextPageToken(token(last)).build();
            }
            page.addVms(ViewMapping.listed(view));
            last = view;
        }
        return page.build();
    }

    private int count(Set<VmState> wanted) {
        if (wanted.size() == VmState.values().length) {
            return keepers.count();
        }
        int count = 0;
        for (var keeper : keepers.all()) {
            if (wanted.contains(ViewMapping.state(keeper.view().record().phase()))) {
                count++;
            }
        }
        return count;
    }

    private static String token(@org.jspecify.annotations.Nullable VmView last) {
        if (last == null) {
            return "";
        }
        var place = last.record().created() + "/" + last.record().id();
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<Place> parse(String token) {
        try {
            var place = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            int slash = place.indexOf('/');
            if (slash < 0) {
                return Optional.empty();
            }
            var created = Instant.parse(place.substring(0, slash));
            return VmId.parse(place.substring(slash + 1)).map(id -> new Place(created, id));
        } catch (IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
