package dev.vmcp.platform.rpc;

import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Bytes as they stand on the wire, for what no client library sends.
final class Wire {

    private Wire() {}

    static byte[] envelope(int flags, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .put((byte) flags)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    static byte[] envelopes(Message... messages) {
        var out = new ByteArrayOutputStream();
        for (var message : messages) {
            out.writeBytes(envelope(0, message.toByteArray()));
        }
        return out.toByteArray();
    }

    /// Sends a request over a new connection, whose receive buffer is small; the answer is unread.
    static Socket open(int port, String head, byte[] body) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        var out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(("content-length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        out.write(body);
        out.flush();
        return socket;
    }

    static Socket stream(int port, String method, Message request) throws IOException {
        var head =
                "POST /test.Echo/"
                        + method
                        + " HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n"
                        + "content-type: application/connect+proto\r\n";
        return open(port, head, envelopes(request));
    }

    /// The first line of the answer to a request that asks for `connection: close`.
    static String statusLine(Socket socket) throws IOException {
        return head(socket.getInputStream()).lines().findFirst().orElse("");
    }

    /// All lines up to the empty one.
    static String head(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                break;
            }
            head.append((char) c);
        }
        return head.toString();
    }
}
