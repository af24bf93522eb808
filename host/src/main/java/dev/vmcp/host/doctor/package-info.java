/// What of this machine works for VMs, what does not, and the cure: a list of findings, printed.
@NullMarked
package dev.vmcp.host.doctor;

import org.jspecify.annotations.NullMarked;
