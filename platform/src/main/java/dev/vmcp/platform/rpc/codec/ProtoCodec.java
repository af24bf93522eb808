package dev.vmcp.platform.rpc.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

/// The binary format of protobuf.
public final class ProtoCodec implements MessageCodec {

    @Override
    public String name() {
        return "proto";
    }

    @Override
    public Message read(Message prototype, byte[] body) throws BadMessageException {
        try {
            return prototype.getParserForType().parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw BadMessageException.malformed(
                    "body is not a "
                            + prototype.getDescriptorForType().getFullName()
                            + ": "
                            + e.getMessage());
        }
    }

    @Override
    public byte[] write(Message message) {
        return message.toByteArray();
    }
}
