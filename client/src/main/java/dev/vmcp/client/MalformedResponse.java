package dev.vmcp.client;

import java.io.IOException;

/// The peer answered something that HTTP/1.1 or the Connect protocol does not allow.
final class MalformedResponse extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedResponse(String message) {
        super(message);
    }
}
