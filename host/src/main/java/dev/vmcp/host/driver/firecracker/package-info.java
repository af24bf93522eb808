/// Firecracker: its HTTP API, its mapping of a spec.
@NullMarked
package dev.vmcp.host.driver.firecracker;

import org.jspecify.annotations.NullMarked;
