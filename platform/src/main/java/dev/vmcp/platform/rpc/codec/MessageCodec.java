package dev.vmcp.platform.rpc.codec;

import com.google.protobuf.Message;

/// Reads and writes one message. Thread-safe.
public interface MessageCodec {

    /// The name in content types and in the `encoding` parameter: `proto` or `json`.
    String name();

    /// Reads a message of the type of `prototype`.
    Message read(Message prototype, byte[] body) throws BadMessageException;

    byte[] write(Message message);
}
