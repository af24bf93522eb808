/// Firecracker: its HTTP API, its mapping of a spec, its jail and how users' files get into it.
@NullMarked
package dev.vmcp.host.driver.firecracker;

import org.jspecify.annotations.NullMarked;
