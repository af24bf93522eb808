/// Plain HTTP beside the RPCs: health documents, metrics, files of a console. A [WebHandler] is
/// given to `RpcServer.builder().route(path, handler)` and needs no HTTP library.
@NullMarked
package dev.vmcp.platform.http;

import org.jspecify.annotations.NullMarked;
