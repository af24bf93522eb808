/// The test server that the official Connect conformance suite drives: the RPC layer and nothing
/// else.
@NullMarked
package dev.vmcp.verify.connect;

import org.jspecify.annotations.NullMarked;
