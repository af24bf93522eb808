/// The Connect protocol: unary calls by POST and GET as plain HTTP, streams in envelopes.
@NullMarked
package dev.vmcp.platform.rpc.connect;

import org.jspecify.annotations.NullMarked;
