package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.ListVmsRequest;
import dev.vmcp.api.vmm.v1.ListVmsResponse;
import dev.vmcp.api.vmm.v1.PauseVmRequest;
import dev.vmcp.api.vmm.v1.VmInfo;
import dev.vmcp.api.vmm.v1.VmState;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.client.FieldViolation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Lists as callers page through them, while VMs come and go.
final class ListTest extends OnOneHost {

    @Test
    void pagesHoldEachVmOnceInTheOrderOfTheirCreation() {
        var made = make("vm-", 25);

        var seen = new ArrayList<String>();
        var sizes = new ArrayList<Integer>();
        var token = "";
        do {
            var page = page(10, token);
            assertThat(page.getTotalCount()).isEqualTo(25);
            sizes.add(page.getVmsCount());
            seen.addAll(ids(page));
            token = page.getNextPageToken();
        } while (!token.isEmpty());

        assertThat(seen).isEqualTo(made);
        assertThat(sizes).containsExactly(10, 10, 5);
    }

    @Test
    void aPageThatEndsWithTheLastVmHasNoToken() {
        var _ = make("vm-", 4);
        var first = page(2, "");
        var second = page(2, first.getNextPageToken());

        assertThat(second.getVmsCount()).isEqualTo(2);
        assertThat(second.getNextPageToken()).isEmpty();
    }

    @Test
    void vmsThatComeAndGoBetweenPagesNeitherRepeatNorHideOthers() {
        var made = make("old-", 9);
        var first = page(3, "");
        rig.delete("old-0");
        // The last one of the page, which its token names, goes too.
        rig.delete("old-2");
        rig.delete("old-5");
        var come = make("new-", 3);
        var second = page(3, first.getNextPageToken());
        var third = page(100, second.getNextPageToken());

        assertThat(ids(first)).isEqualTo(made.subList(0, 3));
        assertThat(ids(second)).containsExactly("old-3", "old-4", "old-6");
        assertThat(ids(third))
                .containsExactly("old-7", "old-8", come.get(0), come.get(1), come.get(2));
        assertThat(third.getTotalCount()).isEqualTo(9);
    }

    @Test
    void aTokenOutlivesTheHost() {
        var made = make("vm-", 5);
        var first = page(2, "");
        rig.restart();
        assertThat(ids(page(10, first.getNextPageToken()))).isEqualTo(made.subList(2, 5));
    }

    @Test
    void aFilterTakesTheStatesThatItNamesAndCountsThem() {
        var _ = make("vm-", 4);
        boot("vm-1");
        boot("vm-2");
        var _ = rig.client().pauseVm(PauseVmRequest.newBuilder().setVmId("vm-2").build());

        assertThat(ids(filtered(VmState.VM_STATE_RUNNING))).containsExactly("vm-1");
        assertThat(ids(filtered(VmState.VM_STATE_PAUSED))).containsExactly("vm-2");
        var both = filtered(VmState.VM_STATE_CREATED, VmState.VM_STATE_RUNNING);
        assertThat(ids(both)).containsExactly("vm-0", "vm-1", "vm-3");
        assertThat(both.getTotalCount()).isEqualTo(3);
        assertThat(filtered(VmState.VM_STATE_SHUTDOWN).getVmsList()).isEmpty();
    }

    private static void boot(String vm) {
        var _ = rig.client().bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
    }

    @Test
    void anEntrySaysWhatTheVmIs() {
        long before = Instant.now().getEpochSecond();
        rig.create("vm-0", rig.config().putMetadata("owner", "tests").build());
        var entry = page(1, "").getVms(0);

        assertThat(entry.getVmId()).isEqualTo("vm-0");
        assertThat(entry.getState()).isEqualTo(VmState.VM_STATE_CREATED);
        assertThat(entry.getVcpuCount()).isEqualTo(1);
        assertThat(entry.getMemorySizeBytes()).isEqualTo(16 << 20);
        assertThat(entry.getMetadataMap()).containsEntry("owner", "tests");
        assertThat(entry.getCreatedTimestamp()).isBetween(before, Instant.now().getEpochSecond());
        assertThat(entry.getModifiedTimestamp())
                .isGreaterThanOrEqualTo(entry.getCreatedTimestamp());
    }

    @Test
    void aBadRequestIsRefusedWithEveryFieldThatIsWrong() {
        var request =
                ListVmsRequest.newBuilder()
                        .setPageSize(-1)
                        .setPageToken("what?")
                        .addStateFilterValue(77)
                        .build();
        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(() -> rig.client().listVms(request))
                .satisfies(failed -> {
                    assertThat(failed.code()).isEqualTo(Code.INVALID_ARGUMENT);
                    assertThat(failed.violations())
                            .extracting(FieldViolation::field)
                            .containsExactly("page_size", "page_token", "state_filter[0]");
                });
    }

    @Test
    void aPageThatIsTooLargeIsRefusedByName() {
        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(() -> page(1001, ""))
                .satisfies(
                        failed -> assertThat(failed.message()).contains("page_size: 1001", "1000"));
    }

    @Test
    void readsAnswerToConnectGet() {
        var _ = make("vm-", 2);
        var list = Http.get(rig.host(), get("ListVms", "{\"page_size\":1}"));
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.json().get("totalCount").getAsInt()).isEqualTo(2);
        var info = Http.get(rig.host(), get("GetVmInfo", "{\"vm_id\":\"vm-1\"}"));
        assertThat(info.json().get("vmId").getAsString()).isEqualTo("vm-1");
        var absent = Http.get(rig.host(), get("GetVmInfo", "{\"vm_id\":\"nobody\"}"));
        assertThat(absent.status()).isEqualTo(404);
        assertThat(absent.code()).isEqualTo("not_found");
    }

    @Test
    void whatHasEffectsDoesNotAnswerToGet() {
        var _ = make("vm-", 1);
        var reply = Http.get(rig.host(), get("DeleteVm", "{\"vm_id\":\"vm-0\"}"));
        assertThat(reply.status()).isEqualTo(405);
        assertThat(rig.phase("vm-0")).isEqualTo("Created");
    }

    private static String get(String method, String json) {
        return "vmm.v1.VmService/"
                + method
                + "?connect=v1&encoding=json&message="
                + URLEncoder.encode(json, StandardCharsets.UTF_8);
    }

    private static List<String> make(String prefix, int count) {
        var made = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            rig.create(prefix + i);
            made.add(prefix + i);
        }
        return made;
    }

    private static ListVmsResponse page(int size, String token) {
        return rig.client()
                .listVms(ListVmsRequest.newBuilder().setPageSize(size).setPageToken(token).build());
    }

    private static ListVmsResponse filtered(VmState... states) {
        return rig.client()
                .listVms(ListVmsRequest.newBuilder().addAllStateFilter(List.of(states)).build());
    }

    private static List<String> ids(ListVmsResponse page) {
        return page.getVmsList().stream().map(VmInfo::getVmId).toList();
    }
}
