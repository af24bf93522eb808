package dev.vmcp.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// `docs/errors.md` has a row for each reason that the code can give, with the code that it really
/// becomes. Renew it with `-Dvmcp.write-docs=true`.
final class ErrorsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "errors.md");

    /// What a person needs to know of a problem beside its code.
    private record Row(String means, String cure) {}

    private static final List<Problem> SAMPLES = samples();

    @Test
    void thePageSaysWhatTheCodeDoes() throws IOException {
        var text = ErrorsPageText.HEAD + rows() + ErrorsPageText.TAIL;
        if (Boolean.getBoolean("vmcp.write-docs")) {
            Files.writeString(PAGE, text);
        }
        assertThat(Files.readString(PAGE))
                .as("renew it with -Dvmcp.write-docs=true")
                .isEqualTo(text);
    }

    @Test
    void everyKindOfProblemIsOnThePage() {
        assertThat(SAMPLES.stream().map(Object::getClass).distinct())
                .hasSameElementsAs(Arrays.asList(Problem.class.getPermittedSubclasses()));
        assertThat(SAMPLES.stream().map(Problem::code)).doesNotHaveDuplicates();
    }

    @Test
    void everyAnswerCarriesItsReason() {
        assertThat(SAMPLES)
                .allSatisfy(problem -> {
                    var info = status(problem).getDetails(0).unpack(ErrorInfo.class);
                    assertThat(info.getReason()).isEqualTo(problem.code());
                    assertThat(info.getDomain()).isEqualTo("vmcp.dev");
                });
    }

    private static String rows() {
        var rows = new StringBuilder();
        for (var problem : SAMPLES) {
            var code = code(problem);
            var row = row(problem);
            rows.append(
                    "| `%s` | `%s` | %d | %d | %s | %s |%n"
                            .formatted(
                                    problem.code(),
                                    code.name().toLowerCase(Locale.ROOT),
                                    http(code),
                                    code.getNumber(),
                                    row.means(),
                                    row.cure()));
        }
        return rows.toString();
    }

    private static Code code(Problem problem) {
        return Code.forNumber(status(problem).getCode());
    }

    private static Status status(Problem problem) {
        return Objects.requireNonNull(StatusProto.fromThrowable(ProblemMapping.toStatus(problem)));
    }

    /// As the Connect protocol has it.
    private static int http(Code code) {
        return switch (code) {
            case OK -> 200;
            case CANCELLED -> 499;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS, UNRECOGNIZED -> 500;
        };
    }

    private static List<Problem> samples() {
        var all = new ArrayList<Problem>();
        all.add(new Problem.InvalidInput(List.of(Violation.of("config", "", "present"))));
        all.add(new Problem.VmNotFound("one"));
        for (var thing : Problem.Thing.values()) {
            all.add(new Problem.Absent(thing, "a"));
        }
        all.add(new Problem.TokenNotFound("0123456789ab"));
        all.add(new Problem.VmExists("one"));
        for (var thing : Problem.Thing.values()) {
            all.add(new Problem.Taken(thing, "a", "take another id"));
        }
        all.add(new Problem.WrongPhase("one", "pause", "Stopped", "boot it first"));
        all.add(new Problem.NotNow("cannot boot VM one", "no TAP device vmtap0"));
        all.add(new Problem.HostFull("memory (bytes)", 2, 1));
        all.add(new Problem.Overloaded("too many calls wait for VM one"));
        all.add(new Problem.Unsupported("config.console.input", "qemu", "send input otherwise"));
        all.add(new Problem.BackendUnavailable("firecracker", "not installed"));
        all.add(new Problem.BackendGone("one", "pause", "it does not answer"));
        all.add(new Problem.BackendRefused("one", "boot", "its words"));
        all.add(new Problem.TimedOut("one", "boot"));
        all.add(new Problem.Overtaken("one", "boot", "a delete with force"));
        all.add(new Problem.Bug("boot VM one"));
        return all;
    }

    private static Row row(Problem problem) {
        return switch (problem) {
            case Problem.InvalidInput _ ->
                    new Row(
                            "The request is wrong. Every mistake is named at once, with its field, its value and what was expected;"
                                    + " `google.rpc.BadRequest` has them one by one",
                            "correct the fields; [the five common ones](troubleshooting.md#the-five-common-configuration-errors)");
            case Problem.VmNotFound _ ->
                    new Row(
                            "There is no VM with this id",
                            "`vmcp vm ls` lists those that there are");
            case Problem.Absent(var thing, _) -> absent(thing);
            case Problem.VmExists _ ->
                    new Row(
                            "The id belongs to a VM with another configuration. With the same one the answer would be the VM",
                            "take another id, or remove that VM");
            case Problem.Taken(var thing, _, _) -> taken(thing);
            case Problem.WrongPhase _ ->
                    new Row(
                            "The VM's phase forbids the call; the message has the phase and what to do first",
                            "`vmcp vm info ID`; [which call goes in which phase](phases.md)");
            case Problem.NotNow _ ->
                    new Row(
                            "It can be done, but not as things are: a TAP or file is missing or held by another VM, an attached VMM"
                                    + " has a VM already, the host is stopping, the disk is full",
                            "change what the message names, then repeat the call");
            case Problem.HostFull _ ->
                    new Row(
                            "The host has not enough guest memory, or huge pages, left for this VM",
                            "stop a VM, or raise `VMCP_MEMORY_RATIO` or `vm.nr_hugepages`");
            case Problem.TokenNotFound _ ->
                    new Row("There is no token with this id", "`vmcp token ls` lists them");
            case Problem.Overloaded _ ->
                    new Row(
                            "Too much work of this kind waits already, or this caller asks too much; `google.rpc.RetryInfo` says when to"
                                    + " try again ([limits](secure.md#limits))",
                            "repeat it later, with back-off");
            case Problem.Unsupported _ ->
                    new Row(
                            "This backend, in this version, cannot do it, whatever the state",
                            "take another backend; `vmcp capabilities` says what each can do");
            case Problem.BackendUnavailable _, Problem.BackendGone _, Problem.BackendRefused _ ->
                    ofBackend(problem);
            case Problem.TimedOut _ ->
                    new Row(
                            "The caller's deadline passed. What was begun goes on",
                            "`vmcp vm info ID`; give the next call more time");
            case Problem.Overtaken _ ->
                    new Row(
                            "A shutdown or delete with force ended this call",
                            "none, if that was wished");
            case Problem.Bug _ ->
                    new Row(
                            "A fault of vmcp. The log has it under the request id",
                            "[report it](../SECURITY.md#reporting), or repeat the call");
        };
    }

    private static Row ofBackend(Problem problem) {
        return switch (problem.code()) {
            case "BACKEND_UNAVAILABLE" ->
                    new Row(
                            "The hypervisor is not installed here, or cannot be used; the message says why",
                            "`vmcp doctor`, or another backend");
            case "BACKEND_GONE" ->
                    new Row(
                            "The VMM ended, or does not answer",
                            "`vmcp vm info ID` says what was seen; boot it again, or stop it with `--force`");
            case "BACKEND_REFUSED" ->
                    new Row("The VMM said no; the message has its words", "by those words");
            default ->
                    throw new IllegalStateException(
                            "problem: " + problem + " (expected: of a backend)");
        };
    }

    private static Row absent(Problem.Thing thing) {
        return switch (thing) {
            case DISK -> new Row("The VM has no disk with this id", "`vmcp vm info ID` lists them");
            case NIC ->
                    new Row(
                            "The VM has no network interface with this id",
                            "`vmcp vm info ID` lists them");
            case SNAPSHOT ->
                    new Row("There is no snapshot with this id", "`vmcp snapshot ls` lists them");
        };
    }

    private static Row taken(Problem.Thing thing) {
        return switch (thing) {
            case DISK ->
                    new Row(
                            "The VM has a disk with this id, and the backend cannot replace it",
                            "take another id, or detach that disk");
            case NIC ->
                    new Row(
                            "The VM has a network interface with this id, and the backend cannot replace it",
                            "take another id, or detach that interface");
            case SNAPSHOT ->
                    new Row(
                            "The host has a snapshot with this id",
                            "take another id, or remove that snapshot");
        };
    }
}
