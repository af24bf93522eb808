package dev.vmcp.client;

import com.google.protobuf.Parser;

/// One RPC.
///
/// @param path `/package.Service/Method`
/// @param safe without side effects, so it may be sent again when a kept connection turns out dead
record Method<R>(String path, boolean safe, Parser<R> response) {}
