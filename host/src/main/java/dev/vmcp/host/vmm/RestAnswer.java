package dev.vmcp.host.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a VMM answered to one request.
///
/// @param status 200 to 599
public record RestAnswer(int status, String body) {

    static final int LONGEST_HEAD = 16 * 1024;
    static final int LONGEST_BODY = 1024 * 1024;

    private static final int LONGEST_FAULT = 1000;
    private static final int NO_CONTENT = 204;
    private static final int FIRST_REFUSAL = 300;
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([2-5]\\d\\d)( .*)?");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,9}");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    public boolean accepted() {
        return status < FIRST_REFUSAL;
    }

    /// The JSON object of the body; empty when there is no body.
    ///
    /// @throws IOException when the body is something else
    public Map<String, Object> object() throws IOException {
        var bytes = bytes();
        return bytes.length == 0 ? Map.of() : Json.read(bytes, 0, bytes.length);
    }

    /// Why it refused, in the VMM's own words: Firecracker's `fault_message` or `error`, Cloud
    /// Hypervisor's chain of causes, or else whatever the body says.
    public String fault() {
        var words = CONTROL.matcher(words()).replaceAll(" ").strip();
        if (words.isEmpty()) {
            return "status " + status;
        }
        return words.length() > LONGEST_FAULT ? words.substring(0, LONGEST_FAULT) + "…" : words;
    }

    private String words() {
        try {
            return switch (Json.readAny(bytes())) {
                case Map<?, ?> map when map.get("fault_message") instanceof String text -> text;
                case Map<?, ?> map when map.get("error") instanceof String text -> text;
                case List<?> causes ->
                        causes.stream().map(String::valueOf).collect(Collectors.joining(": "));
                case Object _ -> body;
            };
        } catch (IOException e) {
            return body;
        }
    }

    private byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads one answer and nothing after it.
    ///
    /// @throws IOException when it is cut short, too long or no HTTP/1.1 answer with a length
    static RestAnswer read(ReadableByteChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(LONGEST_HEAD);
        var end = -1;
        while (end < 0) {
            var from = Math.max(0, buffer.position() - END_OF_HEAD.length + 1);
            fill(channel, buffer, "its head");
            end = endOfHead(buffer, from);
        }
        var head = new String(buffer.array(), 0, end, StandardCharsets.ISO_8859_1);
        var lines = Arrays.asList(head.split("\r\n", -1));
        var first = STATUS.matcher(lines.getFirst());
        if (!first.matches()) {
            throw new IOException("no HTTP answer");
        }
        var status = Integer.parseInt(first.group(1));
        var length = status == NO_CONTENT ? 0 : length(lines.subList(1, lines.size()));
        var body = ByteBuffer.allocate(length);
        var start = end + END_OF_HEAD.length;
        body.put(buffer.array(), start, Math.min(length, buffer.position() - start));
        while (body.hasRemaining()) {
            fill(channel, body, "its body");
        }
        return new RestAnswer(status, new String(body.array(), StandardCharsets.UTF_8));
    }

    private static void fill(ReadableByteChannel channel, ByteBuffer buffer, String what)
            throws IOException {
        if (!buffer.hasRemaining()) {
            throw new IOException(what + " is too long");
        }
        if (channel.read(buffer) < 0) {
            throw new IOException("it hung up in " + what);
        }
    }

    private static int endOfHead(ByteBuffer buffer, int from) {
        for (var at = from; at + END_OF_HEAD.length <= buffer.position(); at++) {
            if (buffer.get(at) == END_OF_HEAD[0]
                    && buffer.slice(at, END_OF_HEAD.length).equals(ByteBuffer.wrap(END_OF_HEAD))) {
                return at;
            }
        }
        return -1;
    }

    private static int length(List<String> headers) throws IOException {
        var length = -1;
        for (var header : headers) {
            var colon = header.indexOf(':');
            if (colon <= 0) {
                throw new IOException("a header without a name");
            }
            var value = header.substring(colon + 1).strip();
            switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "transfer-encoding" ->
                        throw new IOException("a body in pieces, which no VMM sends");
                case "content-length" -> {
                    if (length >= 0 || !LENGTH.matcher(value).matches()) {
                        throw new IOException("a length that is none");
                    }
                    length = Integer.parseInt(value);
                }
                default -> {}
            }
        }
        if (length > LONGEST_BODY) {
            throw new IOException("a body of " + length + " bytes, which is too long");
        }
        return Math.max(0, length);
    }
}
