package dev.vmcp.verify.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.vmcp.api.host.v1.ReadConsoleRequest;
import dev.vmcp.api.host.v1.ReadConsoleResponse;
import dev.vmcp.api.host.v1.WatchVmsResponse.Kind;
import dev.vmcp.api.host.v1.WriteConsoleRequest;
import dev.vmcp.api.vmm.v1.BootVmRequest;
import dev.vmcp.api.vmm.v1.ShutdownVmRequest;
import dev.vmcp.client.CallFailed;
import dev.vmcp.client.Code;
import dev.vmcp.host.guest.TinyGuest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Watches and consoles as a caller sees them, over restarts of guest and host.
final class WatchAndConsoleTest extends OnOneHost {

    private static final String VM = "vm-0";

    @Test
    void aWatchTellsTheStateThenEveryChange() {
        rig.create("old-0");
        rig.create("old-1");
        try (var watch = Watch.all(rig.client())) {
            var state = watch.untilSynced();
            assertThat(state).hasSize(3);
            assertThat(state.subList(0, 2))
                    .extracting(event -> event.getVm().getVmId())
                    .containsExactly("old-0", "old-1");
            assertThat(state.getLast().getCursor()).isNotEmpty();

            rig.create(VM);
            boot(VM);
            assertThat(watch.untilPhase(VM, "Created").getKind()).isEqualTo(Kind.KIND_CHANGED);
            var running = watch.untilPhase(VM, "Running").getVm();
            assertThat(running.getPid()).isEqualTo(rig.pid(VM));
            assertThat(running.getMemorySizeBytes()).isEqualTo(16 << 20);
            rig.delete(VM);
            var gone = watch.until(event -> event.getKind() == Kind.KIND_DELETED).getLast();
            assertThat(gone.getVm().getVmId()).isEqualTo(VM);
        }
    }

    @Test
    void aWatchGoesOnFromItsCursorAndMissesNothing() {
        String cursor;
        try (var watch = Watch.all(rig.client())) {
            cursor = watch.untilSynced().getLast().getCursor();
        }
        rig.create(VM);
        rig.delete(VM);
        try (var watch = Watch.from(rig.client(), cursor)) {
            var events = watch.until(event -> event.getKind() == Kind.KIND_DELETED);
            assertThat(events.getFirst().getKind()).isEqualTo(Kind.KIND_CHANGED);
            assertThat(events.getFirst().getVm().getPhase()).isEqualTo("Created");
        }
    }

    @Test
    void aCursorOfAnEarlierHostIsAnsweredWithAResetAndTheWholeState() {
        rig.create(VM);
        String cursor;
        try (var watch = Watch.all(rig.client())) {
            cursor = watch.untilSynced().getLast().getCursor();
        }
        rig.restart();
        try (var watch = Watch.from(rig.client(), cursor)) {
            var events = watch.untilSynced();
            assertThat(events.getFirst().getKind()).isEqualTo(Kind.KIND_RESET);
            assertThat(events.get(1).getVm().getVmId()).isEqualTo(VM);
        }
    }

    @Test
    void aWatchOfOneVmTellsOfNoOther() {
        rig.create(VM);
        rig.create("other");
        try (var watch = Watch.of(rig.client(), VM)) {
            assertThat(watch.untilSynced()).hasSize(2);
            rig.delete("other");
            rig.delete(VM);
            assertThat(watch.until(event -> event.getKind() == Kind.KIND_DELETED))
                    .allMatch(event -> event.getVm().getVmId().equals(VM));
        }
    }

    @Test
    void aWatchThatCannotBeIsRefused() {
        refused(Code.INVALID_ARGUMENT, () -> Watch.from(rig.client(), "yesterday").next());
        refused(Code.NOT_FOUND, () -> Watch.of(rig.client(), "nobody").next());
    }

    private static void refused(Code code, Runnable call) {
        assertThatExceptionOfType(CallFailed.class)
                .isThrownBy(call::run)
                .satisfies(failed -> assertThat(failed.code()).isEqualTo(code));
    }

    @Test
    void aConsoleEchoesAndIsReadFromAnyPosition() {
        var _ = rig.run(VM);
        assertThat(rig.console(VM).echoes("hello")).isTrue();

        var all = text(read(0, false));
        assertThat(all).startsWith(TinyGuest.BANNER).contains("hello");
        assertThat(text(read(-5, false))).isEqualTo("hello");
        assertThat(text(read(all.length() - 3, false))).isEqualTo("llo");
        assertThat(text(read(1 << 30, false))).as("beyond the end").isEmpty();
        assertThat(text(read(-(1 << 30), false))).as("more than there is").isEqualTo(all);
    }

    @Test
    void aConsoleGoesOnOverStopsOfTheGuest() {
        var first = rig.run(VM);
        long end = rig.console(VM).end();
        var _ =
                rig.client()
                        .shutdownVm(
                                ShutdownVmRequest.newBuilder().setVmId(VM).setForce(true).build());
        assertThat(text(read(0, false))).contains(first);
        refused(Code.FAILED_PRECONDITION, () -> rig.console(VM).send("x"));
        boot(VM);

        assertThat(rig.console(VM).nonceAfter(end)).isPresent().get().isNotEqualTo(first);
        assertThat(text(read(0, false))).contains(first);
    }

    @Test
    void aConsoleGoesOnWhereItWasAfterTheHostWasKilled() {
        var nonce = rig.run(VM);
        assertThat(rig.console(VM).echoes("before")).isTrue();
        long end = rig.console(VM).end();
        rig.restart();

        assertThat(rig.console(VM).end()).isGreaterThanOrEqualTo(end);
        assertThat(rig.console(VM).echoes("after")).isTrue();
        assertThat(text(read(0, false))).contains(nonce, "before", "after");
        assertThat(text(read(end, false))).doesNotContain("before").contains("after");
    }

    @Test
    void aFollowerEndsWhenItsVmIsDeleted() throws Exception {
        var _ = rig.run(VM);
        var stream = rig.client().readConsole(request(0, true));
        var rest = new ArrayList<ReadConsoleResponse>();
        var reader =
                Thread.ofVirtual()
                        .start(() -> {
                            for (var p = stream.next(); p.isPresent(); p = stream.next()) {
                                rest.add(p.get());
                            }
                        });
        rig.delete(VM);
        assertThat(reader.join(java.time.Duration.ofSeconds(30))).as("it ends").isTrue();
        assertThat(text(rest)).contains(TinyGuest.BANNER);
    }

    @Test
    void aWriteSaysHowMuchTheGuestsPortTook() {
        var _ = rig.run(VM);
        var data = ByteString.copyFromUtf8("abc");
        var request = WriteConsoleRequest.newBuilder().setVmId(VM).setData(data).build();
        assertThat(rig.client().writeConsole(request).getWritten()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect", "grpc"})
    void aConsoleInBothDirectionsOverOneStream(String transport) {
        var _ = rig.run(VM);
        try (var node = NodeClients.installed().connect(rig, transport, "2")) {
            var answer =
                    node.call(
                            "vmcp.host.v1.HostService/StreamConsole",
                            "{\"vmId\":\"%s\",\"say\":\"bothways\"}".formatted(VM));
            assertThat(answer).contains("tiny guest");
            var absent =
                    node.call(
                            "vmcp.host.v1.HostService/StreamConsole",
                            "{\"vmId\":\"nobody\",\"say\":\"x\"}");
            assertThat(absent).contains("NotFound");
        }
    }

    private static void boot(String vm) {
        var _ = rig.client().bootVm(BootVmRequest.newBuilder().setVmId(vm).build());
    }

    private static ReadConsoleRequest request(long cursor, boolean follow) {
        return ReadConsoleRequest.newBuilder()
                .setVmId(VM)
                .setCursor(cursor)
                .setFollow(follow)
                .build();
    }

    private static List<ReadConsoleResponse> read(long cursor, boolean follow) {
        var pieces = new ArrayList<ReadConsoleResponse>();
        try (var stream = rig.client().readConsole(request(cursor, follow))) {
            for (var piece = stream.next(); piece.isPresent(); piece = stream.next()) {
                pieces.add(piece.get());
            }
        }
        return pieces;
    }

    private static String text(List<ReadConsoleResponse> pieces) {
        var text = new StringBuilder();
        pieces.forEach(piece -> text.append(piece.getData().toStringUtf8()));
        return text.toString();
    }
}
