/// The library that users' programs and the command line call: `vmm.v1` and `vmcp.host.v1` over the
/// Connect protocol on HTTP/1.1, by TCP, TLS or a unix socket.
@NullMarked
package dev.vmcp.client;

import org.jspecify.annotations.NullMarked;
