/// QEMU: its command line, its monitor protocol (QMP) and its mapping of a spec.
@NullMarked
package dev.vmcp.host.driver.qemu;

import org.jspecify.annotations.NullMarked;
