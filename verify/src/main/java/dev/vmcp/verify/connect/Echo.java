package dev.vmcp.verify.connect;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import connectrpc.conformance.v1.Service;
import connectrpc.conformance.v1.Service.ConformancePayload;
import connectrpc.conformance.v1.Service.ConformancePayload.ConnectGetInfo;
import connectrpc.conformance.v1.Service.ConformancePayload.RequestInfo;
import connectrpc.conformance.v1.Service.Header;
import dev.vmcp.platform.rpc.call.CallInfo;
import dev.vmcp.platform.rpc.call.WireMetadata;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// What the suite wants to hear of a request, and what it wants to be answered, as metadata and
/// status.
final class Echo {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private Echo() {}

    static ConformancePayload payload(ByteString data, Optional<RequestInfo> info) {
        var payload = ConformancePayload.newBuilder().setData(data);
        info.ifPresent(payload::setRequestInfo);
        return payload.build();
    }

    static RequestInfo info(Metadata headers, List<Message> requests) {
        var info = RequestInfo.newBuilder();
        var entries = new LinkedHashMap<String, List<String>>();
        WireMetadata.write(headers, (name, value) -> put(entries, name, value));
        entries.forEach((name, values) -> info.addRequestHeaders(header(name, values)));
        var deadline = Context.current().getDeadline();
        if (deadline != null) {
            info.setTimeoutMs(deadline.timeRemaining(TimeUnit.MILLISECONDS));
        }
        query().ifPresent(info::setConnectGetInfo);
        return info.addAllRequests(packed(requests)).build();
    }

    static List<Any> packed(List<Message> requests) {
        return requests.stream().map(Any::pack).toList();
    }

    private static Optional<ConnectGetInfo> query() {
        var query = CallInfo.current().map(CallInfo::query).orElse("");
        if (query.isEmpty()) {
            return Optional.empty();
        }
        var entries = new LinkedHashMap<String, List<String>>();
        for (var pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            put(entries, decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
        var info = ConnectGetInfo.newBuilder();
        entries.forEach((name, values) -> info.addQueryParams(header(name, values)));
        return Optional.of(info.build());
    }

    static Metadata metadata(List<Header> headers) {
        var metadata = new Metadata();
        for (var header : headers) {
            var name = header.getName();
            for (var value : header.getValueList()) {
                if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                    metadata.put(
                            Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER),
                            Base64.getDecoder().decode(value));
                } else {
                    metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
                }
            }
        }
        return metadata;
    }

    /// The status of an error; its details go into the trailers.
    static Status status(Service.Error error, Optional<RequestInfo> info, Metadata trailers) {
        var rich =
                com.google.rpc.Status.newBuilder()
                        .setCode(error.getCodeValue())
                        .setMessage(error.getMessage())
                        .addAllDetails(error.getDetailsList());
        info.ifPresent(present -> rich.addDetails(Any.pack(present)));
        if (rich.getDetailsCount() > 0) {
            trailers.put(DETAILS, rich.build().toByteArray());
        }
        return Status.fromCodeValue(error.getCodeValue()).withDescription(error.getMessage());
    }

    private static Header header(String name, List<String> values) {
        return Header.newBuilder().setName(name).addAllValue(values).build();
    }

    private static void put(Map<String, List<String>> entries, String name, String value) {
        entries.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
