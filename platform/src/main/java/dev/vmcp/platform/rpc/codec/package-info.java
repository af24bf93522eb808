/// How messages become bytes and back: protobuf, strict JSON, gzip. Hostile bytes end as
/// [BadMessageException].
@NullMarked
package dev.vmcp.platform.rpc.codec;

import org.jspecify.annotations.NullMarked;
