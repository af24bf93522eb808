package dev.vmcp.client;

import com.google.protobuf.ByteString;

/// A typed message that came with an error.
///
/// @param type the full protobuf name, such as `google.rpc.BadRequest`
public record Detail(String type, ByteString value) {}
