/// The durable record of VMs and their launches.
@NullMarked
package dev.vmcp.host.journal;

import org.jspecify.annotations.NullMarked;
