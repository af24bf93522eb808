package dev.vmcp.host.endpoint;

/// What stands on the page of errors beside the table that comes from the code.
final class ErrorsPageText {

    static final String HEAD =
            """
            # Errors

            Made from the code; a test fails when it is out of date. Reasons and codes are stable: programs may rely on them. Messages are for people.

            A refusal by the host has a **code** of the protocol, a **message**, and in its details a `google.rpc.ErrorInfo` whose `reason` is one of the
            following and whose `domain` is `vmcp.dev`. Connect answers with the HTTP status shown, each detail as base64 of its message; gRPC with `grpc-status`.

            ```console
            $ curl -s http://127.0.0.1:8080/vmm.v1.VmService/GetVmInfo -H 'Content-Type: application/json' -d '{"vm_id": "none"}'
            {"code":"not_found","message":"no VM with the id none","details":[{"type":"google.rpc.ErrorInfo","value":"CgxWTV9OT1RfRk9VTkQSCHZtY3AuZGV2"}]}
            ```

            | reason | code | HTTP | gRPC | means | cure |
            |---|---|---|---|---|---|
            """;

    static final String TAIL =
            """

            ## Answers without a reason

            These come before a call reaches its service, or after it has left.

            | code | HTTP | when |
            |---|---|---|
            | `unauthenticated` | 401 | no token, or one that is unknown, expired or revoked ([SECURITY.md](../SECURITY.md)) |
            | `permission_denied` | 403 | the token's scope does not cover the call; the message names the scope that does |
            | `invalid_argument` | 400 | the body is not JSON or protobuf of this message, a header is malformed, or a stream ends inside a message |
            | `unimplemented` | 404, 501 | no such service or method, or a compression other than gzip |
            | `resource_exhausted` | 429 | the request is larger than `VMCP_MAX_MESSAGE_BYTES`, a stream's answer is not read, or a limit on calls is reached |
            | `deadline_exceeded` | 504, 408 | the caller's deadline passed, or the request's body did not arrive in time |
            | `canceled` | 499 | the caller went away |
            | `unavailable` | 503 | the host is stopping |
            | `internal` | 500 | a fault of vmcp; the message has the request id, and the log the fault |

            Plain HTTP statuses: 404 for a path that is nothing, 405 for a method other than POST or GET, 415 for a content type that is no RPC's, 505 for gRPC over HTTP/1.1.

            ## Exit codes

            The command line's are in [cli.md](cli.md#exit-codes). A host ends with 0 after a stop, 78 when its configuration is wrong, and 1 when it cannot start for another reason.
            """;

    private ErrorsPageText() {}
}
