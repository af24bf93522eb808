/// `kill -9` of the host in storms of calls, and what must hold after each restart.
@NullMarked
package dev.vmcp.verify.crash;

import org.jspecify.annotations.NullMarked;
