/// Paths of kernels and disks: where they may lie, what they are, who uses them.
@NullMarked
package dev.vmcp.host.disk;

import org.jspecify.annotations.NullMarked;
