/// Stand-ins for hypervisors: test devices that are processes of their own, speak a VMM's protocol
/// as the real program was seen to, and play the tiny guest on its serial port.
@NullMarked
package dev.vmcp.host.standin;

import org.jspecify.annotations.NullMarked;
