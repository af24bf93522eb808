/// The port to hypervisors: what a driver must offer, and nothing of how one does it.
@NullMarked
package dev.vmcp.host.driver;

import org.jspecify.annotations.NullMarked;
