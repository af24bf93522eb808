package dev.vmcp.host.endpoint;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.vmcp.core.problem.Problem;
import dev.vmcp.core.problem.Violation;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.List;

/// The one place where a refusal becomes an RPC error.
final class ProblemMapping {

    /// The `domain` of every `google.rpc.ErrorInfo` of ours; its `reason` is the problem's code.
    static final String DOMAIN = "vmcp.dev";

    private static final com.google.protobuf.Duration RETRY = Durations.fromSeconds(1);

    /// In characters. gRPC sends an error in headers, twice, of which clients take 8 KiB.
    private static final int MOST_TEXT = 2500;

    private ProblemMapping() {}

    static StatusRuntimeException toStatus(Problem problem) {
        var told =
                problem instanceof Problem.InvalidInput(var violations)
                        ? new Problem.InvalidInput(fitting(violations))
                        : problem;
        var status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code(told).getNumber())
                        .setMessage(told.message())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setReason(problem.code())
                                                .setDomain(DOMAIN)
                                                .build()));
        if (told instanceof Problem.InvalidInput invalid) {
            status.addDetails(Any.pack(badRequest(invalid)));
        }
        if (told instanceof Problem.Overloaded) {
            status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(RETRY).build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Code code(Problem problem) {
        return switch (problem) {
            case Problem.InvalidInput _ -> Code.INVALID_ARGUMENT;
            case Problem.VmNotFound _, Problem.Absent _, Problem.TokenNotFound _ -> Code.NOT_FOUND;
            case Problem.VmExists _, Problem.Taken _ -> Code.ALREADY_EXISTS;
            case Problem.WrongPhase _, Problem.NotNow _ -> Code.FAILED_PRECONDITION;
            case Problem.HostFull _, Problem.Overloaded _ -> Code.RESOURCE_EXHAUSTED;
            case Problem.Unsupported _ -> Code.UNIMPLEMENTED;
            case Problem.BackendRefused _, Problem.Bug _ -> Code.INTERNAL;
            case Problem.BackendGone _, Problem.BackendUnavailable _ -> Code.UNAVAILABLE;
            case Problem.TimedOut _ -> Code.DEADLINE_EXCEEDED;
            case Problem.Overtaken _ -> Code.ABORTED;
        };
    }

    /// As many as an answer can carry, and how many there are beyond.
    private static List<Violation> fitting(List<Violation> violations) {
        var fitting = new ArrayList<Violation>();
        int room = MOST_TEXT;
        for (var violation : violations) {
            room -= violation.sentence().length();
            if (room < 0 && !fitting.isEmpty()) {
                var more = violations.size() - fitting.size() + " more problems";
                fitting.add(Violation.of("request", more, "none"));
                return fitting;
            }
            fitting.add(violation);
        }
        return fitting;
    }

    private static BadRequest badRequest(Problem.InvalidInput invalid) {
        var details = BadRequest.newBuilder();
        for (var violation : invalid.violations()) {
            details.addFieldViolations(
                    BadRequest.FieldViolation.newBuilder()
                            .setField(violation.field())
                            .setDescription(violation.sentence()));
        }
        return details.build();
    }
}
