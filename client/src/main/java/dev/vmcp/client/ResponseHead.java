package dev.vmcp.client;

import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Status and headers of one HTTP/1.x response; header names in lower case.
record ResponseHead(int status, boolean http11, Map<String, String> headers) {
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 256;
    private static final int MOST_INTERIM = 16;

    /// Reads past interim responses (1xx).
    static ResponseHead read(WireReader in, Deadline deadline) throws IOException {
        for (var i = 0; i < MOST_INTERIM; i++) {
            var head = readOne(in, deadline);
            if (head.status >= 200 || head.status == 101) {
                return head;
            }
        }
        throw new MalformedResponse("more than " + MOST_INTERIM + " interim responses");
    }

    private static ResponseHead readOne(WireReader in, Deadline deadline) throws IOException {
        var line = in.line(LONGEST_LINE, deadline);
        if (!line.startsWith("HTTP/1.") || line.length() < 12 || line.charAt(8) != ' ') {
            throw new MalformedResponse("not an HTTP/1.1 response");
        }
        int status;
        try {
            status = Integer.parseInt(line.substring(9, 12));
        } catch (NumberFormatException e) {
            throw new MalformedResponse("status is not a number");
        }
        return new ResponseHead(status, line.charAt(7) != '0', readHeaders(in, deadline));
    }

    /// Reads header lines up to the empty one; also the trailers of a chunked body.
    static Map<String, String> readHeaders(WireReader in, Deadline deadline) throws IOException {
        var headers = new HashMap<String, String>();
        for (var i = 0; i <= MOST_HEADERS; i++) {
            var line = in.line(LONGEST_LINE, deadline);
            if (line.isEmpty()) {
                return Map.copyOf(headers);
            }
            var colon = line.indexOf(':');
            if (colon <= 0) {
                throw new MalformedResponse("a header line without a name");
            }
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (first, second) -> first + ", " + second);
        }
        throw new MalformedResponse("more than " + MOST_HEADERS + " headers");
    }

    /// The value; empty when there is none.
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// The content type without parameters, in lower case.
    String contentType() {
        var type = header("content-type");
        var end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    boolean keepsAlive() {
        var connection = header("connection").toLowerCase(Locale.ROOT);
        return http11 ? !connection.contains("close") : connection.contains("keep-alive");
    }
}
