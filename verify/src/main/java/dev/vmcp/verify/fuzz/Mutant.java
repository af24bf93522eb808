package dev.vmcp.verify.fuzz;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// One request with one to four changes in its message, now and then also in its envelope or head.
///
/// @param sound whether only the message was changed, so that each protocol has to answer with a
///   code
@SuppressWarnings("ArrayRecordComponent") // a body is sent once and not compared
record Mutant(
        String method, Protocol protocol, byte[] body, RequestHeaders headers, boolean sound) {

    private static final String SIGNS = "{}[]\",:0-9e\\u\u0000";
    private static final int ONE_IN = 8;
    private static final int TIMEOUT_MILLIS = 300;

    /// `unknown`, `internal` and `data_loss`, which are faults of ours.
    private static final Set<String> FAULTS =
            Set.of("unknown", "internal", "data_loss", "2", "13", "15");

    private static final List<List<String>> HEADERS =
            List.of(
                    List.of("content-encoding", "gzip"),
                    List.of("content-encoding", "br"),
                    List.of("connect-content-encoding", "gzip"),
                    List.of("grpc-encoding", "gzip"),
                    List.of("accept-encoding", "gzip;q=x, ,"),
                    List.of("grpc-accept-encoding", "gzip"),
                    List.of("connect-protocol-version", "7"),
                    List.of("connect-timeout-ms", "-1"),
                    List.of("connect-timeout-ms", "1"),
                    List.of("grpc-timeout", "99999999H"),
                    List.of("grpc-timeout", "1n"),
                    List.of("grpc-timeout", "x"),
                    List.of("traceparent", "00-zz"),
                    List.of("x-request-id", "a \" \\"),
                    List.of("x-data-bin", "%%%"),
                    List.of("authorization", "Bearer vmcp_0_0"),
                    List.of("authorization", "Basic x"),
                    List.of("origin", "http://evil.example"));

    static Mutant of(Samples sample, Protocol protocol, SplittableRandom random) {
        var message = changed(protocol.message(sample.request()), random);
        boolean odd = random.nextInt(ONE_IN) == 0;
        if (odd && random.nextInt(4) == 0 && protocol.isConnect() && !sample.stream()) {
            return get(sample, protocol, message);
        }
        var body = protocol.body(message, sample.stream());
        var headers = RequestHeaders.builder(HttpMethod.POST, "/" + sample.method());
        headers.add("content-type", protocol.type(sample.stream()));
        headers.add("te", "trailers");
        headers.add(
                protocol.isConnect() ? "connect-timeout-ms" : "grpc-timeout",
                TIMEOUT_MILLIS + (protocol.isConnect() ? "" : "m"));
        if (odd) {
            body = random.nextBoolean() ? changed(body, random) : body;
            oddHead(headers, random);
        }
        return new Mutant(sample.method(), protocol, body, headers.build(), !odd);
    }

    private static void oddHead(RequestHeadersBuilder headers, SplittableRandom random) {
        var header = HEADERS.get(random.nextInt(HEADERS.size()));
        headers.set(header.getFirst(), header.getLast());
        if (random.nextInt(ONE_IN) == 0) {
            headers.set("content-type", changedText(headers.get("content-type", ""), random));
        }
    }

    private static String changedText(String text, SplittableRandom random) {
        int at = random.nextInt(text.length());
        return text.substring(0, at) + (char) ('!' + random.nextInt(90)) + text.substring(at + 1);
    }

    private static Mutant get(Samples sample, Protocol protocol, byte[] message) {
        var query =
                "?connect=v1&encoding="
                        + (protocol == Protocol.CONNECT_JSON ? "json" : "proto")
                        + "&base64=1&message="
                        + Base64.getUrlEncoder().encodeToString(message);
        var headers = RequestHeaders.of(HttpMethod.GET, "/" + sample.method() + query);
        return new Mutant(sample.method(), protocol, new byte[0], headers, false);
    }

    /// A byte becomes another, bytes go, are doubled, or come in.
    static byte[] changed(byte[] bytes, SplittableRandom random) {
        var changed = bytes;
        for (int i = 1 + random.nextInt(4); i > 0 && changed.length > 0; i--) {
            int at = random.nextInt(changed.length);
            int length = random.nextInt(Math.min(8, changed.length - at)) + 1;
            var part = Arrays.copyOfRange(changed, at, at + length);
            changed =
                    switch (random.nextInt(5)) {
                        case 0 -> spliced(changed, at, 1, (byte) random.nextInt(256));
                        case 1 -> spliced(changed, at, length);
                        case 2 -> spliced(changed, at, 0, part);
                        case 3 ->
                                spliced(
                                        changed,
                                        at,
                                        0,
                                        (byte) SIGNS.charAt(random.nextInt(SIGNS.length())));
                        default ->
                                spliced(
                                        changed,
                                        at,
                                        1,
                                        (byte) (changed[at] ^ 1 << random.nextInt(8)));
                    };
        }
        return changed;
    }

    private static byte[] spliced(byte[] bytes, int at, int without, byte... with) {
        var spliced = new byte[bytes.length - without + with.length];
        System.arraycopy(bytes, 0, spliced, 0, at);
        System.arraycopy(with, 0, spliced, at, with.length);
        System.arraycopy(
                bytes, at + without, spliced, at + with.length, bytes.length - at - without);
        return spliced;
    }

    HttpRequest request() {
        return HttpRequest.of(headers, HttpData.wrap(body));
    }

    /// What is wrong with the answer; empty when nothing is.
    String fault(AggregatedHttpResponse response) {
        var code = protocol.code(response);
        boolean failed = FAULTS.contains(code) || response.status().code() == 500;
        // A caller who says that a message is compressed when it is not is told so by this code.
        boolean blamed = !sound && response.contentUtf8().contains("flagged compressed");
        boolean silent = sound && protocol == Protocol.GRPC && code.isEmpty();
        if ((!failed || blamed || blamedInTrailer(response)) && !silent) {
            return "";
        }
        return method
                + " over "
                + protocol
                + " "
                + headers
                + " with "
                + new String(body, StandardCharsets.ISO_8859_1)
                + " answers "
                + response.headers()
                + response.contentUtf8()
                + response.trailers();
    }

    private boolean blamedInTrailer(AggregatedHttpResponse response) {
        var words = response.trailers().get("grpc-message", "");
        return !sound && words.contains("flagged compressed");
    }
}
